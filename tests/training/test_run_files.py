import json
import pickle
import re
import struct

import pytest
import torch
from pickle_trap import Trap
from safetensors.torch import load_file, save_file

from aeviz.errors import CheckpointFormatError, CheckpointMismatchError
from aeviz.training import history
from aeviz.training.files import write_atomically, write_json
from aeviz.training.history import EpochReport, append_report, read_history, write_history
from aeviz.training.run import load
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, MODEL, RunFolder
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


def test_evaluation_round_trips(run_copy):
    folder = RunFolder.read(run_copy)
    evaluation = folder.evaluation()
    folder.write_evaluation(evaluation)
    assert folder.evaluation() == evaluation
    (run_copy / EVALUATION).unlink()
    assert folder.evaluation() is None


def test_bound_of_other_images_than_the_elbo_is_left_out(run_copy):
    """As evaluation.json of older versions has it: without the gain over the ELBO."""
    folder = RunFolder.read(run_copy)
    figures = json.loads((run_copy / EVALUATION).read_text()) | {"elbo": -100.0, "log_likelihood_bound": -101.0}
    (run_copy / EVALUATION).write_text(json.dumps({**figures, "bound_gain": None}))
    assert folder.evaluation().log_likelihood_bound is None
    (run_copy / EVALUATION).write_text(json.dumps({**figures, "bound_gain": 2.0}))
    assert folder.evaluation().log_likelihood_bound == -101.0


@pytest.mark.parametrize("content", ['{"model": "x"}', "{", "[]"])
def test_damaged_evaluation_raises(content, run_copy):
    (run_copy / EVALUATION).write_text(content)
    with pytest.raises(CheckpointFormatError, match=r"evaluation\.json of run 'copy'"):
        RunFolder.read(run_copy).evaluation()
