"""A network with ReLU beside PCA, trained by a worker and kept."""

import time
from dataclasses import replace

import numpy as np
import pytest

from aeviz.data import load_dataset
from aeviz.lab.nonlinear import compare_with_pca, epochs_of
from aeviz.workers import process, relu
from aeviz.workers.relu import ReluConfig
from aeviz.workers.task import RESULT

PATIENCE_S = 90
CONFIG = ReluConfig(latent_dim=2, layers=1, steps=60)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch, no_worker_left):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def images():
    return load_dataset("digits", "train"), load_dataset("digits", "test")


def wait_for_end(task):
    deadline = time.monotonic() + PATIENCE_S
    while (view := task.observe()).is_active:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return view


def test_comparison_is_trained_once_and_equals_that_of_the_library(images):
    task = relu.relu_task("digits", CONFIG)
    assert relu.read_comparison(task) is None
    relu.start(task, *images, CONFIG)
    assert wait_for_end(task).state == "finished"
    *_, expected = compare_with_pca(*images, latent_dim=2, layers=1, epochs=epochs_of(len(images[0]), 60))
    result = relu.read_comparison(task)
    assert (result.epoch, result.pca_unclipped) == (expected.epoch, pytest.approx(expected.pca_unclipped))
    assert result.training_loss == pytest.approx(expected.training_loss, rel=1e-4)
    np.testing.assert_allclose(result.pca, expected.pca)
    np.testing.assert_allclose(result.network, expected.network, rtol=1e-2)
    assert result.network_images.dtype == np.float32
    np.testing.assert_allclose(result.pca_images, expected.pca_images, atol=0.5 / relu.LEVELS + 1e-6)
    before = set(process._children)
    relu.start(task, *images, CONFIG)
    assert set(process._children) <= before  # nothing was begun anew


def test_latent_size_that_does_not_fit_is_told(images):
    config = replace(CONFIG, latent_dim=65)
    task = relu.relu_task("digits", config)
    relu.start(task, *images, config)
    view = wait_for_end(task)
    assert view.state == "failed"
    assert "64" in view.message


def test_result_of_another_version_counts_as_missing():
    task = relu.relu_task("digits", CONFIG)
    task.path.mkdir(parents=True)
    np.savez(task.path / RESULT, epoch=3, colour=np.zeros(2))
    assert relu.read_comparison(task) is None


def test_key_depends_on_images_and_settings():
    other = [replace(CONFIG, **{name: 4}) for name in ("latent_dim", "layers", "steps", "seed")]
    tasks = {relu.relu_task("a", config) for config in (CONFIG, *other)} | {relu.relu_task("b", CONFIG)}
    assert len(tasks) == 6
