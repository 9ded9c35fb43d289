"""The command that the page shows trains the same as the page does."""

import shlex

import numpy as np
import pytest
from PIL import Image

from aeviz import cli
from aeviz.cli import train as train_command
from aeviz.presets import PRESETS
from aeviz.workers import training

# The same in a shell


def parsed(command):
    program, *arguments = shlex.split(command)
    assert program == "aeviz"
    config, path = train_command.training_config(cli.build_parser().parse_args(arguments))
    assert path is None
    return config


@pytest.mark.parametrize("preset", PRESETS)
def test_shell_command_trains_the_same(preset):
    config = PRESETS[preset].config
    assert training.shell_command(config) == f"aeviz train {preset}"
    assert parsed(training.shell_command(config)) == config
    changed = config.with_settings(
        [
            "model.latent_dim=6",
            "model.hidden=[30,20]",
            "objective.reconstruction=bce",
            "optimizer.name=sgd",
            "optimizer.learning_rate=0.012345678901234567",
            "optimizer.schedule=" + ("constant" if config.optimizer.schedule == "one_cycle" else "one_cycle"),
            "optimizer.epsilon=1e-12",
            "train.epochs=7",
            "train.seed=123",
            "train.device=cpu",
            "train.gradient_clip=1.5",
        ]
    )
    assert parsed(training.shell_command(changed)) == changed
    linear = changed.with_settings(["model.encoder=linear", "model.decoder=linear", "objective.reconstruction=mse"])
    linear = linear.with_settings(["model.output=identity", "train.gradient_clip=none"])
    assert parsed(training.shell_command(linear)) == linear


def test_shell_command_of_other_data(tmp_path):
    digits = PRESETS["quick-look"].config
    assert parsed(training.shell_command(fewer := digits.with_settings(["data.validation_fraction=0.25"]))) == fewer
    circles = digits.with_settings(["data.name=circles", "model.image_shape=[1,28,28]"])
    assert parsed(training.shell_command(circles)) == circles
    folder = tmp_path / "Anna's pictures; $HOME"
    folder.mkdir()
    for number in range(12):
        Image.fromarray(np.full((9, 9), number, dtype=np.uint8)).save(folder / f"{number}.png")
    own = digits.with_settings(["data.image_size=8", f"data.name=folder:{folder}", "train.batch_size=4"])
    assert parsed(training.shell_command(own)) == own


def test_shell_command_of_settings_without_a_preset(tiny_config):
    assert parsed(training.shell_command(tiny_config())) == tiny_config()
