"""Correlation of neighbours on images where it is known, and the line between two images."""

import numpy as np
import pytest

from aeviz.lab.natural_images import neighbour_correlation, straight_line, uniform_noise


def test_noise_has_no_correlation_and_every_level():
    noise = uniform_noise(0, 40, (3, 32, 32))
    assert noise.dtype == np.uint8
    assert len(np.unique(noise)) == 256
    assert abs(neighbour_correlation(noise)) < 0.01
    assert (uniform_noise(1, 40, (3, 32, 32)) != noise).any()


def test_correlation_is_that_of_numpy_and_known_at_its_ends():
    image = np.random.default_rng(0).random((3, 1, 5, 7)).cumsum(axis=-1)
    expected = np.corrcoef(image[..., :-1].ravel(), image[..., 1:].ravel())[0, 1]
    assert neighbour_correlation(image) == pytest.approx(expected)
    stripes = np.tile([0, 255], (1, 1, 4, 4))
    assert neighbour_correlation(stripes) == pytest.approx(-1)
    assert neighbour_correlation(np.full((1, 1, 4, 4), 7)) == 0


def test_line_is_a_cross_fade():
    first, last = np.zeros((1, 2, 2)), np.ones((1, 2, 2))
    line = straight_line(first, last, 5)
    assert line.shape == (5, 1, 2, 2)
    assert line[:, 0, 0, 0].tolist() == [0, 0.25, 0.5, 0.75, 1]
