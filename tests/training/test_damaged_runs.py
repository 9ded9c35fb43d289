"""One bad run never takes the others down: every kind of damage, through every way that a run is read."""

import json
import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from damage import ARRAY_DAMAGE, CASES, JSON_DAMAGE, SPECIAL, bomb, replace_file
from run_readers import READERS, read_all

from aeviz.cli import main
from aeviz.errors import AevizError, CheckpointFormatError
from aeviz.training.arrays import ARRAYS_BYTES, read_arrays, write_arrays
from aeviz.training.latents import LATENTS
from aeviz.training.runs import (
    CONFIG,
    HISTORY,
    LAST,
    RunFolder,
    list_folders,
    list_problems,
    list_runs,
)
from aeviz.training.safe_files import JSON_BYTES, read_bytes_checked, read_json_checked
from aeviz.training.status import LOCK, LOG, STATUS, has_trainer, read_status
from aeviz.workers.training import last_words, list_jobs


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}-{case.name}")
def test_damaged_run_leaves_the_others(case, two_runs, capfd, caplog):
    replace_file(two_runs / "bad" / case.file, case.damage)
    listed = [folder.name for folder in list_folders()]
    assert "good" in listed
    assert [run.name for run in list_runs()] == listed
    problems = [problem.path.name for problem in list_problems()]
    assert sorted(listed + problems) == ["bad", "good"]
    read_all(two_runs / "bad")
    caplog.clear()
    assert main(["list"]) == 0
    assert "good" in capfd.readouterr().out
    warnings = [record.getMessage() for record in caplog.records]  # which main() writes to standard error
    assert len(warnings) == len(problems)
    assert all(Path(case.file).name in text and "'bad'" in text and len(text) < 1_000 for text in warnings)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.file in READERS], ids=lambda case: f"{case.file}-{case.name}"
)
def test_damaged_file_is_named(case, two_runs):
    replace_file(two_runs / "bad" / case.file, case.damage)
    if case.file == LAST and case.name in ("NaN", "infinite", "float64"):
        pytest.skip("resuming looks at these: tests/training/test_training_loop.py")
    with pytest.raises(CheckpointFormatError, match=r"'bad'") as caught:
        READERS[case.file](two_runs / "bad")
    message = str(caught.value)
    assert Path(case.file).name in message or "weights of run" in message
    assert any(advice in message for advice in ("restore", "train the model again", "remove"))
    assert len(message) < 1_000


@pytest.mark.parametrize("name", [*SPECIAL, *JSON_DAMAGE])
def test_status_that_cannot_be_read_is_none(name, two_runs):
    replace_file(two_runs / "bad" / STATUS, {**SPECIAL, **JSON_DAMAGE}[name])
    assert read_status(two_runs / "bad") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"state": 3}, {"state": ["training"]}, {"state": {}}, {"epoch": "two"}, {"epoch": -1}, {"epoch": 10**30},
        {"step": 7, "steps_per_epoch": 3}, {"queued_at": "noon"}, {"updated_at": 1e300}, {"updated_at": -1.0},
        {"settings": None}, {"settings": []}, {"pid": 1.5}, {"from_app": 1}, {"message": None}, {"surprise": 1},
    ],
    ids=str,
)  # fmt: skip
def test_status_of_wrong_types_is_none(changes, two_runs):
    values = json.loads((two_runs / "good" / STATUS).read_text())
    (two_runs / "bad" / STATUS).unlink()
    (two_runs / "bad" / STATUS).write_text(json.dumps(values))
    assert read_status(two_runs / "bad") is not None
    (two_runs / "bad" / STATUS).write_text(json.dumps(values | changes))
    assert read_status(two_runs / "bad") is None


@pytest.mark.parametrize("name", SPECIAL)
def test_lock_that_is_no_file_is_no_trainer(name, two_runs):
    replace_file(two_runs / "bad" / LOCK, SPECIAL[name])
    assert not has_trainer(two_runs / "bad")


@pytest.mark.parametrize("file", [STATUS, LOCK, LOG, CONFIG])
@pytest.mark.parametrize("name", SPECIAL)
def test_jobs_bear_a_run_whose_files_are_no_files(file, name, two_runs):
    replace_file(two_runs / "bad" / file, SPECIAL[name])
    jobs = {job.name: job for job in list_jobs()}
    assert set(jobs) == ({"good"} if file == STATUS else {"bad", "good"})
    assert [last_words(job) for job in jobs.values()] == [""] * len(jobs)


# Memory


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (CONFIG, "lists"),
        (HISTORY, "lists"),
        (CONFIG, "huge"),
        (LATENTS, "bomb"),
        (LATENTS, "8 TB"),
        (LATENTS, "directory"),
    ],
)
def test_damaged_file_takes_little_memory(file, name, two_runs):
    damages = {**JSON_DAMAGE, **ARRAY_DAMAGE, "bomb": bomb}
    replace_file(two_runs / "bad" / file, damages[name])
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointFormatError):
            READERS[file](two_runs / "bad")
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("depth", [1, 100])
def test_largest_json_takes_little_memory(depth, tmp_path):
    """Objects within objects take the most: far more than lists or texts of as many bytes."""
    nested = b'{"":' * depth + b"{}" + b"}" * depth + b","
    text = b'{"a": [' + nested * (JSON_BYTES // len(nested) - 2) + b"{}]}"
    (tmp_path / "value.json").write_bytes(text)
    tracemalloc.start()
    try:
        read_json_checked(tmp_path / "value.json")
        assert tracemalloc.get_traced_memory()[1] < 90e6
    finally:
        tracemalloc.stop()


def test_small_file_takes_little_memory_whatever_the_limit(tmp_path):
    (tmp_path / "lines").write_bytes(b"0123456789")
    tracemalloc.start()
    try:
        assert read_bytes_checked(tmp_path / "lines", 1 << 28) == b"0123456789"
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()
    assert read_bytes_checked(tmp_path / "lines", 10, start=7) == b"789"
    assert read_bytes_checked(tmp_path / "lines", 10, start=20) == b""


def test_file_that_grows_beyond_the_limit_while_it_is_opened_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "lines"
    path.write_bytes(b"0123456789")
    looked = os.fstat

    def grow(number):
        status = looked(number)
        with path.open("ab") as file:
            file.write(b"more")
        return status

    monkeypatch.setattr(os, "fstat", grow)
    with pytest.raises(CheckpointFormatError, match="it has 14 bytes; expected at most 10"):
        read_bytes_checked(path, 10)


def test_bomb_is_refused_by_what_it_claims(two_runs):
    replace_file(two_runs / "bad" / LATENTS, bomb)
    with zipfile.ZipFile(two_runs / "bad" / LATENTS) as opened, opened.open("z.npy") as file:
        file.seek(1 << 25)
        assert file.read(1 << 20) == bytes(1 << 20)  # it is a true one
    with pytest.raises(
        CheckpointFormatError, match=r"unpacked, it has 2,147,483,\d+ bytes; expected at most 268,435,456"
    ):
        RunFolder.read(two_runs / "bad").latents()


def test_arrays_that_could_not_be_read_again_are_not_written(tmp_path):
    large = np.broadcast_to(np.uint8(0), (ARRAYS_BYTES + 1,))
    with pytest.raises(AevizError, match=r"would hold 268,435,457 bytes; .*choose a smaller model\.latent_dim"):
        write_arrays(tmp_path / "z.npz", {"z": large})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float16).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), np.array(3),
        np.array(["one", "två"]), np.array(""), np.zeros((0, 4), np.uint8), np.array([True, False]), np.zeros(()),
        np.arange(3, dtype=">i4"),
    ],
    ids=lambda array: f"{array.dtype}-{array.shape}",
)  # fmt: skip
def test_arrays_round_trip(array, tmp_path):
    write_arrays(tmp_path / "a.npz", {"a": array, "b": np.ones(2)})
    read = read_arrays(tmp_path / "a.npz")
    np.testing.assert_array_equal(read["a"], array)
    assert (read["a"].dtype, read["a"].shape) == (array.dtype, array.shape)
    assert read["a"].flags.writeable
    assert list(read) == ["a", "b"]
