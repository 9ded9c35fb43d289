"""A network with ReLU beside PCA, as its worker computes and keeps it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from aeviz.data import load_dataset
from aeviz.errors import ConfigError
from aeviz.lab.nonlinear import compare_with_pca, epochs_of
from aeviz.workers import relu
from aeviz.workers.relu import ReluConfig
from aeviz.workers.task import RESULT, Task

CONFIG = ReluConfig(latent_dim=2, layers=1, steps=60)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def images():
    return load_dataset("digits", "train"), load_dataset("digits", "test")


@pytest.fixture
def started(monkeypatch):
    """What workers were asked to do; none is started (tests/pages has real ones)."""
    calls = []
    monkeypatch.setattr(Task, "start", lambda job, settings, arrays, is_done: calls.append((settings, arrays)))
    return calls


def test_comparison_is_kept_and_equals_that_of_the_library(images, started):
    job = relu.relu_task("digits", CONFIG)
    assert relu.read_comparison(job) is None
    relu.start(job, *images, CONFIG)
    ((settings, arrays),) = started
    messages = []
    result = relu._compute(json.loads(json.dumps(settings)), arrays, lambda share, text: messages.append((share, text)))
    job.path.mkdir(parents=True)
    np.savez_compressed(job.path / RESULT, **result)
    *_, expected = compare_with_pca(*images, latent_dim=2, layers=1, epochs=epochs_of(len(images[0]), 60))
    kept = relu.read_comparison(job)
    assert (kept.epoch, kept.pca_unclipped) == (expected.epoch, expected.pca_unclipped)
    assert kept.training_loss == expected.training_loss
    np.testing.assert_array_equal(kept.pca, expected.pca)
    np.testing.assert_array_equal(kept.network, expected.network)
    assert kept.network_images.dtype == np.float32
    for name in ("pca_images", "network_images"):
        np.testing.assert_allclose(getattr(kept, name), getattr(expected, name), atol=0.5 / relu.LEVELS + 1e-6)
    assert messages[0] == (0.0, "starting PyTorch")
    assert messages[-1][0] == 1.0
    assert messages[-1][1].startswith(f"Epoch {expected.epoch} of {expected.epoch}: error 0.")


def test_latent_size_that_does_not_fit_is_refused(images, started):
    config = replace(CONFIG, latent_dim=65)
    relu.start(relu.relu_task("digits", config), *images, config)
    ((settings, arrays),) = started
    with pytest.raises(ConfigError, match="64"):
        relu._compute(settings, arrays, lambda share, text: None)


def test_result_of_another_version_counts_as_missing():
    task = relu.relu_task("digits", CONFIG)
    task.path.mkdir(parents=True)
    np.savez(task.path / RESULT, epoch=3, colour=np.zeros(2))
    assert relu.read_comparison(task) is None


def test_key_depends_on_images_and_settings():
    other = [replace(CONFIG, **{name: 4}) for name in ("latent_dim", "layers", "steps", "seed")]
    tasks = {relu.relu_task("a", config) for config in (CONFIG, *other)} | {relu.relu_task("b", CONFIG)}
    assert len(tasks) == 6
