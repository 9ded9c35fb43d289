"""A resumed run equals one that was never stopped; what does not fit is refused."""

import dataclasses
import shutil

import pytest
from training_runs import assert_same_run

from aeviz.errors import (
    CheckpointMismatchError,
    CheckpointNotFoundError,
    ConfigError,
)
from aeviz.training.latents import LATENTS
from aeviz.training.loop import fit
from aeviz.training.runs import EVALUATION, HISTORY, LAST, MODEL, RunFolder

# Going on


@pytest.mark.parametrize("optimizer", ["adam", "amsgrad", "sgd"])
def test_resumed_run_equals_unbroken_run(optimizer, fit_tiny, stop_after):
    settings = (f"optimizer.name={optimizer}", "optimizer.schedule=one_cycle", "train.epochs=4")
    with pytest.raises(KeyboardInterrupt):
        fit_tiny(*settings, name="broken", on_epoch=stop_after(2))
    resumed = fit_tiny(*settings, name="broken", resume=True)
    assert_same_run(resumed, fit_tiny(*settings, name="unbroken"))


def test_resumed_convolutional_run_equals_unbroken_run(fit_tiny, stop_after):
    settings = ("model.encoder=conv_bn", "model.decoder=conv_bn", "model.channels=[4,8]", "train.epochs=4")
    with pytest.raises(KeyboardInterrupt):
        fit_tiny(*settings, name="broken", on_epoch=stop_after(2))
    resumed = fit_tiny(*settings, name="broken", resume=True)
    assert_same_run(resumed, fit_tiny(*settings, name="unbroken"))


def test_sgd_without_momentum_resumes(fit_tiny, stop_after):
    settings = ("optimizer.name=sgd", "optimizer.momentum=0")
    with pytest.raises(KeyboardInterrupt):
        fit_tiny(*settings, name="broken", on_epoch=stop_after(1))
    assert_same_run(fit_tiny(*settings, name="broken", resume=True), fit_tiny(*settings, name="unbroken"))


@pytest.mark.parametrize("epoch", [1, 3])
def test_run_stopped_within_an_epoch_resumes(epoch, fit_tiny):
    steps = []

    def stop(step):
        steps.append(step)
        if len(steps) == 4 * (epoch - 1) + 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_tiny(name="broken", on_step=stop)
    assert_same_run(fit_tiny(name="broken", resume=True), fit_tiny(name="unbroken"))


@pytest.mark.parametrize("torn", ["", '{"epoch": 4, "train_lo'])
@pytest.mark.parametrize("model_written", [False, True])
def test_crash_between_two_files_resumes(torn, model_written, fit_tiny, stop_after):
    unbroken = fit_tiny("train.epochs=5", name="unbroken")
    with pytest.raises(KeyboardInterrupt):
        fit_tiny("train.epochs=5", name="later", on_epoch=stop_after(3))
    with pytest.raises(KeyboardInterrupt):
        fit_tiny("train.epochs=5", name="broken", on_epoch=stop_after(2))
    later, broken = (unbroken.path.parent / name for name in ("later", "broken"))
    lines = (later / HISTORY).read_text().splitlines(keepends=True)
    with (broken / HISTORY).open("a") as file:  # epoch 3 is in the history, its weights are not in last.safetensors
        file.write(lines[2] + torn)
    if model_written:
        (broken / MODEL).write_bytes((later / MODEL).read_bytes())
    assert_same_run(fit_tiny("train.epochs=5", name="broken", resume=True), unbroken)


def test_half_written_line_is_no_epoch(fit_tiny):
    folder = fit_tiny("train.epochs=2")
    with (folder.path / HISTORY).open("a") as file:
        file.write('{"epoch": 3, "train_loss": 0.1')
    assert len(folder.history()) == 2
    assert folder.summary().epochs == 2


def test_longer_run_goes_on_where_it_ended(fit_tiny):
    fit_tiny("train.epochs=2", name="longer")
    longer = fit_tiny("train.epochs=4", name="longer", resume=True)
    assert RunFolder.read(longer.path).config.train.epochs == 4
    assert_same_run(longer, fit_tiny("train.epochs=4", name="unbroken"))


def test_resuming_a_finished_run_changes_nothing(fit_tiny):
    folder = fit_tiny()
    before = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    fit_tiny(resume=True)
    assert before == {path.name: path.read_bytes() for path in folder.path.iterdir()}


def test_resume_to_fewer_epochs_raises(fit_tiny):
    fit_tiny()
    with pytest.raises(ConfigError, match=r"train\.epochs=2 .*3 epochs are trained"):
        fit_tiny("train.epochs=2", resume=True)


def test_resume_with_changed_data_raises(fit_tiny, tiny_config, tiny_sets, tmp_path):
    fit_tiny("train.epochs=1")
    images = tiny_sets["train"].images.copy()
    images[0, 0, 0, 0] ^= 1
    changed = dataclasses.replace(tiny_sets["train"], images=images)
    with pytest.raises(CheckpointMismatchError, match="images of 'digits' are not those run 'run' began with"):
        fit(tiny_config(), changed, tiny_sets["validation"], tmp_path / "run", resume=True)


@pytest.mark.parametrize(
    "setting",
    [
        "model.hidden=[9,4]",
        "optimizer.learning_rate=0.5",
        "optimizer.name=amsgrad",
        "train.batch_size=16",
        "train.seed=8",
    ],
)
def test_resume_with_other_settings_raises(setting, fit_tiny):
    fit_tiny("train.epochs=1")
    with pytest.raises(ConfigError, match="only --epochs and --device may change"):
        fit_tiny("train.epochs=2", setting, resume=True)


def test_resume_with_weights_of_another_network_raises(fit_tiny, tmp_path):
    fit_tiny("train.epochs=1")
    other = fit_tiny("train.epochs=1", "model.hidden=[9,4]", name="other")
    shutil.copy(other.path / LAST, tmp_path / "run" / LAST)
    with pytest.raises(CheckpointMismatchError, match=r"encoder\.1\.weight has shape \(9, 64\).*asks for \(8, 64\)"):
        fit_tiny("train.epochs=2", resume=True)


def test_resume_takes_away_what_describes_old_weights(fit_tiny):
    folder = fit_tiny("train.epochs=1")
    (folder.path / LATENTS).touch()
    (folder.path / EVALUATION).touch()
    fit_tiny("train.epochs=1", resume=True)  # nothing left to train: they still fit
    assert (folder.path / LATENTS).exists()
    fit_tiny("train.epochs=2", resume=True)
    assert not (folder.path / LATENTS).exists()
    assert not (folder.path / EVALUATION).exists()


def test_resume_without_last_weights_raises_and_keeps_history(fit_tiny):
    folder = fit_tiny("train.epochs=1")
    (folder.path / LAST).unlink()
    with pytest.raises(CheckpointNotFoundError, match=r"'run' cannot be resumed: it has no last\.safetensors"):
        fit_tiny(resume=True)
    assert len(folder.history()) == 1
