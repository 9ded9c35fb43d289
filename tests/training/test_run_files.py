import json
import logging
import os
import pickle
import re
import shutil
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from aeviz.errors import CheckpointFormatError, CheckpointMismatchError, CheckpointNotFoundError
from aeviz.training import history
from aeviz.training.files import write_atomically, write_json
from aeviz.training.history import EpochReport, append_report, read_history, write_history
from aeviz.training.latents import LATENTS, LatentTable, read_latents, write_latents
from aeviz.training.run import load
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, MODEL, RunFolder, find_run, list_folders, list_runs
from aeviz.training.safe_files import read_json_checked
from aeviz.training.weights import read_tensors, save_weights

REPORT = EpochReport(epoch=1, train_loss=0.1, val_loss=0.2, val_mse=0.2, learning_rate=1e-3, seconds=0.5)


# Files that are whole or absent


def test_write_atomically_replaces_the_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    write_atomically(path, lambda temporary: temporary.write_text("new"))
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_failing_writer_leaves_old_file_and_no_other(error, tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def fail(temporary):
        temporary.write_text("ne")
        raise error

    with pytest.raises(type(error)):
        write_atomically(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_reader_sees_the_old_file_while_the_new_one_is_written(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def write(temporary):
        temporary.write_text("new")
        assert path.read_text() == "old"

    write_atomically(path, write)


def test_write_json_refuses_what_json_cannot_hold_and_keeps_the_file(tmp_path):
    path = tmp_path / "value.json"
    write_json(path, {"a": [1, None, "é"]})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"a": float("nan")})
    assert read_json_checked(path) == {"a": [1, None, "é"]}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"nonsense"])
def test_read_json_of_damaged_file_raises(content, tmp_path):
    (tmp_path / "value.json").write_bytes(content)
    with pytest.raises(
        CheckpointFormatError, match=rf"cannot read value\.json of run '{tmp_path.name}': .*restore the file"
    ):
        read_json_checked(tmp_path / "value.json")


def test_read_json_of_a_list_raises(tmp_path):
    (tmp_path / "value.json").write_text("[1]")
    with pytest.raises(CheckpointFormatError, match="holds list; expected a JSON object"):
        read_json_checked(tmp_path / "value.json")


# History


def test_history_round_trips(tmp_path):
    reports = [REPORT, EpochReport(**{**read_dict(REPORT), "epoch": 2, "val_loss": 1 / 3})]
    path = tmp_path / HISTORY
    append_report(path, reports[0])
    append_report(path, reports[1])
    assert read_history(path) == reports
    write_history(path, reports[:1])
    assert read_history(path) == reports[:1]


def test_history_that_changed_is_read_anew(tmp_path):
    path = tmp_path / HISTORY
    append_report(path, REPORT)
    read_history(path).clear()  # what is returned is the caller's
    assert read_history(path) == [REPORT]
    other = EpochReport(**{**read_dict(REPORT), "epoch": REPORT.epoch + 1})  # a line as long as the first
    write_history(path, [other])
    assert read_history(path) == [other]
    assert history._kept[path][1] == (other,)  # the newest version alone
    path.unlink()
    assert read_history(path) == []


def read_dict(report):
    return {name: getattr(report, name) for name in type(report).__dataclass_fields__}


def test_missing_history_is_empty(tmp_path):
    assert read_history(tmp_path / HISTORY) == []


@pytest.mark.parametrize(
    "line", [b"not json", b"5", b'{"epoch": 2}', b'{"epoch": 2, "surprise": 1}', b"\xff\xfe", b"[]", b""]
)
def test_bad_history_line_is_named(line, tmp_path):
    path = tmp_path / HISTORY
    append_report(path, REPORT)
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(CheckpointFormatError, match=r"line 2 of history\.jsonl of run '.*' is no epoch report"):
        read_history(path)


def test_infinite_loss_is_never_written(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        append_report(tmp_path / HISTORY, EpochReport(**{**read_dict(REPORT), "val_loss": float("inf")}))


# Weights


def test_weights_round_trip_tensor_by_tensor(tmp_path):
    tensors = {"a": torch.randn(3, 4).t(), "b": torch.tensor(5.0)}  # a is not contiguous
    save_weights(tmp_path / MODEL, tensors, 17)
    read, epoch = read_tensors(tmp_path / MODEL)
    assert epoch == 17
    assert read.keys() == tensors.keys()
    assert all(torch.equal(read[name], tensors[name]) for name in tensors)


def test_run_round_trips_tensor_by_tensor(trained_folder):
    expected = load_file(trained_folder / MODEL)
    state = load(trained_folder).model.state_dict()
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], expected[name]) for name in expected)


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_truncated_weights_raise(keep, run_copy):
    content = (run_copy / MODEL).read_bytes()
    (run_copy / MODEL).write_bytes(content[:keep])
    with pytest.raises(
        CheckpointFormatError, match=r"cannot read model\.safetensors of run 'copy': .*restore the file"
    ):
        load(run_copy)


def test_weights_with_a_false_header_raise(run_copy):
    (run_copy / MODEL).write_bytes(struct.pack("<Q", 2**62) + b"{}")
    with pytest.raises(CheckpointFormatError, match=r"cannot read model\.safetensors"):
        load(run_copy)


def test_weights_that_aeviz_did_not_write_raise(run_copy):
    save_file(load_file(run_copy / MODEL), run_copy / MODEL)  # no epoch
    with pytest.raises(CheckpointFormatError, match=r"cannot read model\.safetensors of run 'copy': .*epoch"):
        load(run_copy)


def test_pickled_weights_are_refused_unread(run_copy, tmp_path):
    (run_copy / MODEL).write_bytes(pickle.dumps(Trap(str(tmp_path / "sprung"))))
    with pytest.raises(CheckpointFormatError, match=r"cannot read model\.safetensors"):
        load(run_copy)
    assert not (tmp_path / "sprung").exists()


def test_every_difference_between_weights_and_config_is_listed(run_copy):
    tensors = load_file(run_copy / MODEL)
    del tensors["encoder.1.weight"], tensors["bottleneck.head.bias"]
    tensors["decoder.0.weight"] = torch.zeros(5, 5)
    tensors["surprise"] = torch.zeros(1)
    save_file(tensors, run_copy / MODEL, metadata={"epoch": "1"})
    with pytest.raises(CheckpointMismatchError) as caught:
        load(run_copy)
    assert str(caught.value) == (
        "the weights of run 'copy' do not fit its config: missing bottleneck.head.bias; missing encoder.1.weight; "
        "unexpected surprise; decoder.0.weight has shape (5, 5), the config asks for (4, 2); restore the folder or "
        "train the model again"
    )


# config.json


def edit_config(path, change):
    values = json.loads((path / CONFIG).read_text())
    change(values)
    (path / CONFIG).write_text(json.dumps(values))


def test_config_round_trips(trained_folder, tiny_config, tmp_path):
    folder = RunFolder.read(trained_folder)
    assert folder.config == tiny_config("train.epochs=2")
    copy = RunFolder(path=tmp_path, config=folder.config, provenance=folder.provenance)
    copy.write()
    assert RunFolder.read(tmp_path) == copy


def test_provenance_says_where_the_run_came_from(trained_folder):
    provenance = RunFolder.read(trained_folder).provenance
    assert set(provenance.versions) == {"aeviz", "python", "torch", "numpy"}
    assert (provenance.n_train, provenance.n_validation) == (1250, 250)
    assert provenance.class_names == tuple("0123456789")
    assert provenance.seeds_tried == 1
    assert re.fullmatch(r"[0-9a-f]{32}", provenance.data_fingerprint)
    assert provenance.parameters == sum(tensor.numel() for tensor in load_file(trained_folder / MODEL).values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda values: values.update(format=2), r"has format 2; this aeviz reads 1; use the aeviz that wrote it"),
        (lambda values: values.pop("format"), r"has format None"),
        (lambda values: values.pop("provenance"), r"does not describe a run: provenance is None"),
        (lambda values: values.update(provenance=None), r"does not describe a run"),
        (lambda values: values["provenance"].update(surprise=1), r"does not describe a run: .*surprise"),
        (lambda values: values["provenance"].pop("n_train"), r"does not describe a run: .*n_train"),
        (
            lambda values: (values["train"].update(sed=1), values.update(modell=2)),
            r"unknown setting 'modell', 'train\.sed'",
        ),
        (lambda values: values["model"].update(latent_dim="two"), r"model\.latent_dim='two'; expected a whole number"),
        (lambda values: values["train"].update(epochs=0), r"train\.epochs=0"),
        (lambda values: values.update(model=[]), r"model is \[\]; expected a group of settings"),
    ],
)
def test_damaged_config_raises(change, message, run_copy):
    edit_config(run_copy, change)
    with pytest.raises(CheckpointFormatError, match=r"config\.json of run 'copy' .*" + message):
        RunFolder.read(run_copy)


def test_config_that_is_no_json_raises(run_copy):
    (run_copy / CONFIG).write_text((run_copy / CONFIG).read_text()[:-20])
    with pytest.raises(CheckpointFormatError, match=r"cannot read config\.json of run 'copy'"):
        RunFolder.read(run_copy)


def test_config_decides_before_weights(run_copy):
    edit_config(run_copy, lambda values: values["train"].update(epochs=0))
    (run_copy / MODEL).write_bytes(b"")
    with pytest.raises(CheckpointFormatError, match=r"config\.json"):
        load(run_copy)


# latents.npz and evaluation.json


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


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


def test_evaluation_round_trips(run_copy):
    folder = RunFolder.read(run_copy)
    evaluation = folder.evaluation()
    folder.write_evaluation(evaluation)
    assert folder.evaluation() == evaluation
    (run_copy / EVALUATION).unlink()
    assert folder.evaluation() is None


@pytest.mark.parametrize("content", ['{"model": "x"}', "{", "[]"])
def test_damaged_evaluation_raises(content, run_copy):
    (run_copy / EVALUATION).write_text(content)
    with pytest.raises(CheckpointFormatError, match=r"evaluation\.json of run 'copy'"):
        RunFolder.read(run_copy).evaluation()


# Finding and listing


@pytest.fixture
def three_runs(runs_folder, trained_folder):
    """One run that ships, b, and two of one's own, a and b."""
    for path in (runs_folder.parent / "checkpoints" / "b", runs_folder / "a", runs_folder / "b"):
        shutil.copytree(trained_folder, path)
    return runs_folder


def test_find_run_takes_names_and_paths(three_runs):
    shipped = three_runs.parent / "checkpoints" / "b"
    assert find_run("a").path == three_runs / "a"
    assert find_run("b").path == shipped
    assert find_run(three_runs / "b").path == three_runs / "b"
    assert find_run(str(three_runs / "b") + "/").path == three_runs / "b"


def test_find_run_takes_a_relative_path(three_runs, monkeypatch):
    monkeypatch.chdir(three_runs)
    assert find_run("./b").path == Path("b")
    monkeypatch.chdir(three_runs / "a")
    assert find_run(".").name == find_run(Path(".")).name


@pytest.mark.parametrize("name", ["c", "", "..", "../c", "a/b/c"])
def test_find_run_of_unknown_name_lists_the_known(name, three_runs):
    with pytest.raises(CheckpointNotFoundError, match=re.escape(f"no trained model {name!r}; ") + ".*one of: b, a"):
        find_run(name)


def test_find_run_where_there_is_none_says_how_to_train(runs_folder):
    with pytest.raises(CheckpointNotFoundError, match="none yet; train one: aeviz train digits-2d-adam"):
        find_run("mlp-2d-adam")


def test_read_of_a_folder_without_run_raises(tmp_path):
    with pytest.raises(CheckpointNotFoundError, match=r"is no run: expected a folder with config\.json"):
        RunFolder.read(tmp_path)


def test_run_before_its_first_epoch_says_how_to_go_on(run_copy):
    (run_copy / MODEL).unlink()
    (run_copy / HISTORY).unlink()
    assert not RunFolder.read(run_copy).is_trained
    with pytest.raises(CheckpointFormatError, match=r"its first epoch has not ended; .*aeviz train --resume .*copy"):
        load(run_copy)


def test_list_puts_those_that_ship_first(three_runs):
    assert [folder.path.parent.name for folder in list_folders()] == ["checkpoints", "runs"]
    assert [folder.is_shipped for folder in list_folders()] == [True, False]
    assert [run.name for run in list_runs()] == ["b", "a"]


def test_list_states_what_a_run_is(three_runs):
    run = list_runs()[1]
    folder = find_run("a")
    assert (run.name, run.preset, run.dataset, run.latent_dim, run.optimizer) == ("a", "tiny", "digits", 2, "adam")
    assert run.parameters == 64 * 8 + 8 + 8 * 4 + 4 + 4 * 2 + 2 + 2 * 4 + 4 + 4 * 8 + 8 + 8 * 64 + 64
    assert run.epochs == 2
    assert run.val_mse == min(report.val_mse for report in folder.history())
    assert run.bytes == sum(file.stat().st_size for file in (three_runs / "a").rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("file", "content"),
    [(CONFIG, b"{"), (CONFIG, b"\xff"), (HISTORY, b"nonsense\n"), (HISTORY, b"\xff\xfe\n")],
)
def test_damaged_run_is_left_out_with_a_line_in_the_log(file, content, three_runs, caplog):
    (three_runs / "a" / file).write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert [run.name for run in list_runs()] == ["b"]
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert file in lines[0]
    assert "'a'" in lines[0]
    assert "has the name of a model that ships" in lines[1]


def test_what_is_no_trained_run_is_left_out_silently(three_runs, caplog):
    (three_runs / "a" / MODEL).unlink()
    (three_runs / "notes.txt").write_text("")
    (three_runs / "empty").mkdir()
    shutil.rmtree(three_runs / "b")
    assert [run.name for run in list_runs()] == ["b"]
    assert not caplog.records


def test_list_without_folders_is_empty(runs_folder):
    assert list_runs() == []


def test_summary_bears_a_file_that_vanishes(run_copy, monkeypatch):
    folder = RunFolder.read(run_copy)
    expected = folder.summary()
    (run_copy / "vanishing").write_text("x")
    lstat = os.lstat

    def vanish(path):
        if str(path).endswith("vanishing"):
            raise FileNotFoundError
        return lstat(path)

    monkeypatch.setattr(os, "lstat", vanish)
    assert folder.summary() == expected
