"""Jensen's inequality: closed forms of the gap, and the KL divergence as a mean over draws."""

import numpy as np
import pytest

from aeviz.lab.information import Gaussian, gaussian_entropy, gaussian_kl
from aeviz.lab.jensen import FUNCTIONS, chord_gap, log_ratios, mean_negative_log_likelihood


def test_gap_of_the_square_is_that_of_a_variance():
    assert chord_gap(FUNCTIONS["x^2"], -1, 2.5, 0.3) == pytest.approx(0.3 * 0.7 * 3.5**2)


def test_chord_of_a_convex_function_is_never_below_it():
    for a, b, weight in np.random.default_rng(3).uniform(0.05, 1, (200, 3)) * [5, 5, 1]:
        assert all(chord_gap(FUNCTIONS[name], a, b, weight) >= -1e-12 for name in ("-ln x", "x^2", "e^x"))
    assert chord_gap(FUNCTIONS["sin x"], 0.3, 2.8, 0.5) < 0 < chord_gap(FUNCTIONS["sin x"], -0.3, -2.8, 0.5)


@pytest.mark.parametrize(("theta", "sd"), [(1.2, 1.0), (-0.5, 2.0), (0.0, 0.9)])
def test_expectations_are_one_the_kl_and_the_cross_entropy(theta, sd):
    x = np.linspace(-12, 12, 20001)
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    ratios = log_ratios(x, theta, sd)
    kl = gaussian_kl(Gaussian(0, 1), Gaussian(theta, sd))
    assert np.trapezoid(density * np.exp(ratios), x) == pytest.approx(1, abs=1e-6)
    assert -np.trapezoid(density * ratios, x) == pytest.approx(kl)
    draws = np.random.default_rng(1).standard_normal(200_000)
    assert mean_negative_log_likelihood(draws, theta, sd) == pytest.approx(kl + gaussian_entropy(1), abs=0.02)


def test_likelihood_is_largest_at_the_mean_of_the_draws():
    draws = np.random.default_rng(2).standard_normal(30)
    losses = [mean_negative_log_likelihood(draws, draws.mean() + step, 1.3) for step in (-0.01, 0, 0.01)]
    assert losses[1] == min(losses)
