"""TensorBoard while a run trains: its own reader finds what history.jsonl says, also after a run was resumed."""

import dataclasses
import logging
import re
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

from aeviz.cli import main
from aeviz.errors import ConfigError
from aeviz.experiment import train
from aeviz.trackers import TRACKERS, TRACKERS_VARIABLE, Tracker, TrackerSpec
from aeviz.trackers.tracking import reconstructions
from aeviz.training.runs import RunFolder

VARIATIONAL = ("model.bottleneck=gaussian", "objective.kl_weight=0.1")


def read_events(path):
    """Return what TensorBoard's own reader finds: scalars by name as (step, value), images by step, texts by name."""
    found = EventAccumulator(str(path), size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    found.Reload()
    tags = found.Tags()
    scalars = {name: [(event.step, event.value) for event in found.Scalars(name)] for name in tags["scalars"]}
    images = {event.step: event for name in tags["images"] for event in found.Images(name)}
    texts = {
        name: tensor_util.make_ndarray(found.Tensors(name)[0].tensor_proto).item().decode() for name in tags["tensors"]
    }
    return scalars, images, texts


def assert_equals_history(scalars, folder):
    history = folder.history()
    for field in dataclasses.fields(history[0]):
        values = [(report.epoch, getattr(report, field.name)) for report in history]
        if field.name == "epoch" or values[0][1] is None:
            continue
        assert [step for step, _ in scalars[field.name]] == [epoch for epoch, _ in values], field.name
        np.testing.assert_allclose([value for _, value in scalars[field.name]], [value for _, value in values], 1e-6)


def test_events_equal_history_and_go_on_after_a_resumption(tiny_config, tmp_path):
    path = tmp_path / "run"
    train(tiny_config("train.epochs=2", *VARIATIONAL), out=path, trackers=["tensorboard"])
    folder = RunFolder.read(path)
    scalars, images, texts = read_events(path / "tensorboard")
    assert_equals_history(scalars, folder)
    for whole, one, other in zip(
        *(scalars[f"val_{part}"] for part in ("loss", "reconstruction", "kl_term")), strict=True
    ):
        assert whole[1] == pytest.approx(one[1] + other[1], rel=1e-5)
    assert sorted(images) == [1, 2]
    picture = reconstructions(path, 1)
    assert (images[1].height, images[1].width) == picture.shape[:2]
    assert "| optimizer.learning_rate | 0.003 |" in texts["settings/text_summary"]
    assert "# run" in texts["card/text_summary"]

    train(tiny_config("train.epochs=4", *VARIATIONAL), out=path, resume=True, trackers=["tensorboard"])
    scalars, images, _ = read_events(path / "tensorboard")
    assert len(folder.history()) == 4
    assert_equals_history(scalars, folder)  # each step once
    assert sorted(images) == [0, 1, 2, 3, 4]


def test_variable_names_trackers_and_a_folder_of_ones_own(tiny_config, tmp_path, monkeypatch, caplog):
    place = tmp_path / "events"
    (place / "run").mkdir(parents=True)
    (place / "run" / "events.out.tfevents.1.other").write_bytes(b"another's")
    monkeypatch.setenv(TRACKERS_VARIABLE, f"tensorboard={place}, nothing")
    train(tiny_config("train.epochs=1"), out=tmp_path / "run")
    scalars, _, _ = read_events(place / "run")
    assert_equals_history(scalars, RunFolder.read(tmp_path / "run"))
    assert (place / "run" / "events.out.tfevents.1.other").read_bytes() == b"another's"
    assert not (tmp_path / "run" / "tensorboard").exists()
    assert "AEVIZ_TRACKERS names 'nothing', which is left out: --tracker='nothing'" in caplog.text


class Failing(Tracker):
    def __init__(self, folder, place):
        self.calls = 0

    def begin(self, epochs):
        if self.calls:
            raise AssertionError

    def epoch(self, epoch):
        raise OSError(28, "No space left on device")

    def close(self, ending):
        raise RuntimeError("cannot be closed either")


def test_tracker_that_fails_is_one_warning_and_the_training_goes_on(tiny_config, tmp_path, caplog):
    TRACKERS.register(TrackerSpec(name="failing", title="F", open=Failing, package="json", install="nothing"))
    (tmp_path / "file").touch()  # where TensorBoard shall make a folder
    try:
        with caplog.at_level(logging.WARNING):
            train(
                tiny_config("train.epochs=3"),
                out=tmp_path / "run",
                trackers=["failing", f"tensorboard={tmp_path / 'file'}"],
            )
    finally:
        TRACKERS.unregister("failing")
    folder = RunFolder.read(tmp_path / "run")
    assert len(folder.history()) == 3
    assert folder.evaluation() is not None
    warnings = [record.getMessage() for record in caplog.records if "tracker" in record.getMessage()]
    assert [message.split(" failed and is left out")[0] for message in warnings] == [
        "tracker tensorboard",
        "tracker failing",
    ]
    assert "No space left on device" in warnings[1]


def test_example_of_the_documentation_works(tiny_config, tmp_path):
    text = (Path(__file__).parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
    section = text.split("## Add a tracker")[1].split("## Add a page")[0]
    try:
        exec(re.search(r"```python\n(.*?)```", section, re.DOTALL)[1], {})  # noqa: S102 - our own text
        train(tiny_config("train.epochs=2"), out=tmp_path / "run", trackers=[f"log={tmp_path / 'log.txt'}"])
    finally:
        TRACKERS.unregister("log")
    history = RunFolder.read(tmp_path / "run").history()
    lines = (tmp_path / "log.txt").read_text(encoding="utf-8").splitlines()
    assert lines == [f"{report.epoch} {report.val_loss}" for report in history]


def test_unknown_or_absent_trackers_are_refused_before_the_training(tiny_config, tmp_path, capsys, monkeypatch):
    with pytest.raises(ConfigError, match="expected one of: tensorboard"):
        train(tiny_config(), out=tmp_path / "run", trackers=["abacus"])
    assert not (tmp_path / "run").exists()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["train", "digits-2d-adam", "--out", str(tmp_path / "run"), "--tracker", "tensorboard"]) == 2
    assert 'pip install "aeviz[tensorboard]"' in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
