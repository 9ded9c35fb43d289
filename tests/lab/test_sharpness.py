"""Sharpness measures on waves, noise and blurred images, and the measured numbers."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, laplace

from aeviz.lab.sharpness import (
    BINS,
    band_energies,
    high_energy,
    laplacian_variance,
    measured,
    ratio_and_error,
    to_grey,
)


def test_laplacian_is_that_of_scipy():
    images = np.random.default_rng(0).random((3, 12, 10))
    expected = [laplace(image)[1:-1, 1:-1].var() for image in images]
    assert laplacian_variance(images) == pytest.approx(expected)


def test_a_wave_lies_in_its_band_and_noise_in_all():
    x = np.arange(64)
    for frequency in (4 / 64, 21 / 64):
        energies = band_energies(np.broadcast_to(np.cos(2 * np.pi * frequency * x), (1, 64, 64)))[0]
        band = int(frequency * 2 * BINS)
        assert energies[band - 1 : band + 2].sum() == pytest.approx(energies.sum(), rel=1e-3)
    assert high_energy(band_energies(np.broadcast_to(np.cos(2 * np.pi * 0.4 * x), (1, 64, 64))))[0] > 1
    noise = np.random.default_rng(1).normal(size=(40, 64, 64))
    mean = band_energies(noise).mean(axis=0)
    assert (mean > 0).all()
    assert mean.argmax() == BINS - 1  # a wider ring has more frequencies
    window = np.hanning(66)[1:-1]
    assert mean.sum() == pytest.approx((window**2).mean() ** 2 * 64**2 * np.pi / 4, rel=0.03)  # a disc of the square


def test_blur_lowers_both_and_the_error_of_the_ratio_is_that_of_many_draws():
    rng = np.random.default_rng(2)
    images = rng.random((200, 32, 32))
    blurred = gaussian_filter(images, (0, 1, 1))
    assert (laplacian_variance(blurred) < laplacian_variance(images)).all()
    assert (high_energy(band_energies(blurred)) < high_energy(band_energies(images))).all()
    a = rng.gamma(5, size=(2000, 100))
    b = 0.5 * a + rng.normal(size=a.shape)
    found = np.array([ratio_and_error(second, first) for first, second in zip(a, b, strict=True)])
    assert found[:, 0].mean() == pytest.approx(0.5, abs=0.005)
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.05)
    assert to_grey(np.ones((2, 3, 4, 4), np.float32)).shape == (2, 4, 4)


def test_all_models_blur_their_images():
    for entry in measured().values():
        for model in entry["models"].values():
            assert len(model["spectrum"]) == BINS
            assert 0 < model["high"][0] < 1.2
            assert model["high"][1] < 0.05
