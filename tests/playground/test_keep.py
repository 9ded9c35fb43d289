"""Models that a page trained, as runs."""

import numpy as np
import pytest
import torch

from aeviz.config import DataConfig, ModelConfig, ObjectiveConfig, RunConfig
from aeviz.errors import CheckpointFormatError
from aeviz.export.step import layout_of
from aeviz.playground.keep import keep_run, read_weights
from aeviz.playground.replay import network_of
from aeviz.playground.weights import initial_weights
from aeviz.training.run import load
from aeviz.training.runs import RunFolder

CONFIG = RunConfig(
    preset="playground",
    data=DataConfig(name="digits"),
    model=ModelConfig(image_shape=(1, 8, 8), hidden=(16,), bottleneck="gaussian"),
    objective=ObjectiveConfig(kl_weight=0.01),
)
SIZE = layout_of(CONFIG.model).size


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "0 bytes"),
        (bytes(4 * SIZE - 1), "bytes of weights; this network has"),
        (np.full(SIZE, np.nan, "<f4").tobytes(), "diverged"),
        (np.full(SIZE, np.inf, "<f4").tobytes(), "diverged"),
        (np.full(SIZE, 1e20, "<f4").tobytes(), "diverged"),
    ],
)
def test_weights_that_do_not_fit_are_refused_in_words(content, message):
    with pytest.raises(CheckpointFormatError, match=message):
        read_weights(CONFIG, content)


def test_a_kept_model_is_a_run_that_loads_with_the_same_weights_and_goes_on(tmp_path):
    weights = initial_weights(layout_of(CONFIG.model), 4)
    folder = keep_run(tmp_path / "kept", CONFIG, read_weights(CONFIG, weights.tobytes()))
    run = load(RunFolder.read(folder.path))
    expected = network_of(CONFIG, weights).state_dict()
    for name, tensor in run.model.state_dict().items():
        torch.testing.assert_close(tensor, expected[name], rtol=0, atol=0)
    (report,) = folder.history()
    assert report.epoch == 1
    assert report.val_kl is not None

    from aeviz.experiment import train

    longer = CONFIG.with_settings(["train.epochs=2", "train.device=cpu"])
    assert [entry.epoch for entry in train(longer, out=folder.path, resume=True).folder.history()] == [1, 2]
