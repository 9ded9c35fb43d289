"""The best denoiser beside PyTorch's gradient of the log-density, and the density beside scikit-learn's."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import KernelDensity

from aeviz.lab.denoising_field import CURVES, LEAST_SIGMA, curve_points, denoise, log_density, walk

RANDOM = np.random.default_rng(0)
NOISY = RANDOM.uniform(-3, 3, (50, 2))


@pytest.mark.parametrize("index", range(len(CURVES)))
@pytest.mark.parametrize("sigma", [0.05, 0.6, 2])
def test_arrows_are_the_slope_of_the_log_density(index, sigma):
    points = curve_points(index, 80)
    at = torch.tensor(NOISY, requires_grad=True)
    squares = ((at[:, None] - torch.tensor(points)) ** 2).sum(dim=2)
    torch.logsumexp(-squares / (2 * sigma**2), dim=1).sum().backward()
    np.testing.assert_allclose(denoise(NOISY, points, sigma) - NOISY, sigma**2 * at.grad.numpy(), atol=1e-9)
    expected = KernelDensity(bandwidth=sigma, rtol=0).fit(points).score_samples(NOISY)
    np.testing.assert_allclose(log_density(NOISY, points, sigma), expected, rtol=1e-6)


def test_no_other_denoiser_has_a_smaller_error():
    points = curve_points(1, 60)
    clean = points[RANDOM.integers(60, size=20_000)]
    noisy = clean + 0.5 * RANDOM.normal(size=clean.shape)
    best = denoise(noisy, points, 0.5)

    def error(guess):
        return ((guess - clean) ** 2).sum(axis=1).mean()

    nearest = points[((noisy[:, None] - points) ** 2).sum(axis=2).argmin(axis=1)]
    assert error(best) < min(error(nearest), error(noisy), error(0.9 * best), error(best + 0.05))


def test_walks_climb_and_a_falling_sigma_ends_on_the_curve():
    points = curve_points(0, 200)
    path = walk(np.array([2.4, -2]), points, 1.2, 40, falls=False)
    assert (np.diff(log_density(path, points, 1.2)) > -1e-12).all()
    assert np.hypot(*path[-1]) < 0.9  # the mean of distant points lies inside
    ends = walk(np.array([2.4, -2]), points, 1.2, 40, falls=True)[-1]
    assert np.hypot(*ends) == pytest.approx(1.7, abs=2 * LEAST_SIGMA)
