"""Corrupted and restored images, step by step, against the same done by hand."""

import numpy as np
import pytest
import torch
from skimage.metrics import mean_squared_error

from aeviz.analysis.denoising import corrupt_images, corrupted_curve, restored_curve
from aeviz.analysis.reconstruction import helpful_levels, squared_errors
from aeviz.config import ModelConfig

KINDS = ["gaussian", "masking", "salt_pepper"]
LEVELS = (0.0, 0.4, 1.0)


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (12, 1, 8, 8), dtype=np.uint8)


@pytest.fixture
def run(random_run):
    return random_run(ModelConfig(image_shape=(1, 8, 8), latent_dim=2, hidden=(8,)))


@pytest.mark.parametrize("kind", KINDS)
def test_corruption_repeats_and_is_none_at_level_0(images, kind):
    np.testing.assert_array_equal(corrupt_images(images, kind, 0.3, 5), corrupt_images(images, kind, 0.3, 5))
    assert (corrupt_images(images, kind, 0.3, 5) != corrupt_images(images, kind, 0.3, 6)).any()
    np.testing.assert_allclose(corrupt_images(images, kind, 0.0, 5), images / 255, atol=1e-7)


def test_corruption_leaves_the_global_chance_alone(images):
    state = torch.get_rng_state()
    corrupt_images(images, "gaussian", 0.3, 5)
    assert torch.equal(torch.get_rng_state(), state)


def test_higher_level_masks_the_same_pixels_and_more(images):
    bright = np.maximum(images, 1)
    masks = [corrupt_images(bright, "masking", level, 2) == 0 for level in (0.2, 0.5, 0.9)]
    assert (masks[1] | ~masks[0]).all()
    assert (masks[2] | ~masks[1]).all()
    assert [mask.mean() for mask in masks] == pytest.approx([0.2, 0.5, 0.9], abs=0.06)


def test_squared_errors_are_those_of_each_image(images):
    other = np.random.default_rng(1).random(images.shape).astype(np.float32)
    expected = [mean_squared_error(a / 255, b.astype(float)) for a, b in zip(images, other, strict=True)]
    np.testing.assert_allclose(squared_errors(images, other), expected, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_curves_compare_with_the_originals(run, images, kind):
    given, back = corrupted_curve(images, kind, LEVELS, 3), restored_curve(run, images, kind, LEVELS, 3)
    for at, level in enumerate(LEVELS):
        spoilt = corrupt_images(images, kind, level, 3)
        assert given[at] == pytest.approx(((spoilt - images / 255) ** 2).mean(), abs=1e-7)
        restored = run.decode(run.encode(spoilt)).numpy()
        assert back[at] == pytest.approx(((restored - images / 255) ** 2).mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("restored", "expected"),
    [([0.1, 0.1, 0.1, 0.1], (0.5, 1.0)), ([0.1, 0.3, 0.3, 0.5], (0.5, 0.5)), ([1.0, 1.0, 1.0, 1.0], None)],
)
def test_helpful_levels_are_where_the_restored_are_nearer(restored, expected):
    levels, corrupted = (0.0, 0.25, 0.5, 1.0), np.array([0.0, 0.1, 0.35, 0.5])
    assert helpful_levels(levels, corrupted, np.array(restored)) == expected
