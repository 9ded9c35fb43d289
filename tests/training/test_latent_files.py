"""latents.npz: what is refused unread, what is kept, and in which precision."""

import pickle
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from pickle_trap import Trap

from aeviz.errors import CheckpointFormatError
from aeviz.training.latents import LATENTS, LatentTable, read_latents, write_latents
from aeviz.training.runs import RunFolder


def test_trap_springs(tmp_path):
    pickle.loads(pickle.dumps(Trap(str(tmp_path / "sprung"))))
    assert (tmp_path / "sprung").exists()


def test_latents_with_pickled_objects_are_refused_unread(run_copy, tmp_path):
    trap = np.array([Trap(str(tmp_path / "sprung"))], dtype=object)
    for name in ("z", "error", "labels"):
        arrays = {"z": np.zeros((1, 2)), "error": np.zeros(1), "labels": np.zeros(1, int), name: trap}
        np.savez(run_copy / LATENTS, **arrays)
        with pytest.raises(
            CheckpointFormatError, match=r"cannot read latents\.npz of run 'copy': .* holds Python objects"
        ):
            RunFolder.read(run_copy).latents()
    assert not (tmp_path / "sprung").exists()


def damaged_stream(path):
    """Overwrite compressed bytes within the first array."""
    with zipfile.ZipFile(path) as archive:
        entry = archive.infolist()[0]
    content = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename) + 40
    content[start : start + 60] = b"\xff" * 60
    return bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: b"",
        lambda path: b"PK\x03\x04",
        lambda path: path.read_bytes()[:-30],
        lambda path: path.read_bytes()[:500],
        lambda path: pickle.dumps([1, 2]),
        damaged_stream,
    ],
    ids=["empty", "start", "truncated", "half", "pickle", "stream"],
)
def test_damaged_latents_raise(damage, run_copy):
    (run_copy / LATENTS).write_bytes(damage(run_copy / LATENTS))
    with pytest.raises(CheckpointFormatError, match=r"cannot read latents\.npz of run 'copy'"):
        RunFolder.read(run_copy).latents()


def test_latents_that_are_a_plain_array_raise(run_copy):
    with (run_copy / LATENTS).open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(CheckpointFormatError, match=r"cannot read latents\.npz"):
        RunFolder.read(run_copy).latents()


@pytest.mark.parametrize(
    "arrays",
    [
        {"z": np.zeros((5, 3)), "error": np.zeros(5)},
        {"z": np.zeros((5, 2)), "error": np.zeros(4)},
        {"z": np.zeros((5, 2)), "error": np.zeros((5, 1))},
        {"z": np.zeros((5, 2)), "error": np.zeros(())},
        {"z": np.zeros((5, 2)), "error": np.zeros(5), "labels": np.zeros(4)},
    ],
)
def test_latents_that_do_not_belong_together_raise(arrays, run_copy):
    np.savez(run_copy / LATENTS, **arrays)
    with pytest.raises(CheckpointFormatError, match=r"latents\.npz of run 'copy' holds points of shape"):
        RunFolder.read(run_copy).latents()


def test_latents_with_labels_beyond_the_classes_raise(run_copy):
    folder = RunFolder.read(run_copy)
    table = folder.latents()
    folder.write_latents(replace(table, labels=table.labels + 1))
    with pytest.raises(CheckpointFormatError, match=r"labels from 1 to 10; expected those of the 10 classes"):
        folder.latents()


def test_latents_without_points_raise(run_copy):
    np.savez(run_copy / LATENTS, error=np.zeros(5))
    with pytest.raises(CheckpointFormatError, match=r"cannot read latents\.npz of run 'copy': .*z"):
        RunFolder.read(run_copy).latents()


@pytest.mark.parametrize("labels", [None, np.array([0, 9, 3, 0]), np.array([0, 300, 3, 0])])
def test_latents_round_trip_in_half_precision(labels, run_copy):
    folder = RunFolder.read(run_copy)
    folder = replace(folder, provenance=replace(folder.provenance, class_names=tuple(map(str, range(301)))))
    rng = np.random.default_rng(0)
    table = LatentTable(
        z=rng.normal(size=(4, 2)).astype(np.float32),
        labels=labels,
        error=rng.random(4).astype(np.float32),
        fingerprint="abc",
    )
    folder.write_latents(table)
    read = folder.latents()
    assert read.z.dtype == read.error.dtype == np.float32
    assert read.fingerprint == "abc"
    np.testing.assert_array_equal(read.z, table.z.astype(np.float16))
    np.testing.assert_array_equal(read.error, table.error.astype(np.float16))
    if labels is None:
        assert read.labels is None
    else:
        assert read.labels.dtype == np.int64
        np.testing.assert_array_equal(read.labels, labels)


def test_latents_too_large_for_half_precision_stay_finite(run_copy):
    folder = RunFolder.read(run_copy)
    z = np.array([[1e5, -2e6]], dtype=np.float32)
    folder.write_latents(LatentTable(z=z, labels=None, error=np.ones(1, dtype=np.float32)))
    np.testing.assert_array_equal(folder.latents().z, z)


def test_latents_of_many_dimensions_are_kept_to_a_256th_of_their_range(tmp_path):
    rng = np.random.default_rng(0)
    z = (rng.normal(size=(500, 20)) * np.arange(20)).astype(np.float32)  # the first dimension is dead
    table = LatentTable(z=z, labels=None, error=np.ones(500, dtype=np.float32), log_variance=-z)
    write_latents(tmp_path, table)
    read = read_latents(tmp_path, 20, 0)
    half_a_step = np.ptp(z, axis=0) / 255 / 2
    assert read.z.dtype == np.float32
    assert (np.abs(read.z - z) <= half_a_step * 1.001 + 1e-6).all()
    assert (np.abs(read.log_variance + z) <= half_a_step * 1.001 + 1e-6).all()
    write_latents(tmp_path, read)  # and once more: no drift
    np.testing.assert_allclose(read_latents(tmp_path, 20, 0).z, read.z, atol=1e-5)


def test_latents_of_a_run_that_has_none(run_copy):
    (run_copy / LATENTS).unlink()
    assert RunFolder.read(run_copy).latents() is None
