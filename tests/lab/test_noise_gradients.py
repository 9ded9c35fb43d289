"""Gradient estimators beside exact gradients, torch.autograd, closed variances, and a case where REINFORCE wins."""

import numpy as np
import pytest
import torch

from aeviz.lab.noise_gradients import FUNCTIONS, estimate, expectation, function_of, square_variances

NOISE = np.random.default_rng(0).standard_normal(400_000)
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(120)


def mean_of(values):
    """Return the mean over standard normal noise by Gauss-Hermite quadrature."""
    return float(values @ WEIGHTS / WEIGHTS.sum())


@pytest.mark.parametrize("index", range(len(FUNCTIONS)))
@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (2.0, 0.5), (-1.0, 1.5)])
@pytest.mark.parametrize("baseline", [0.0, 3.0])
def test_both_estimators_have_the_exact_gradient_as_mean(index, mean, sd, baseline):
    value, by_mean, by_sd = expectation(index, 3.0, mean, sd)
    found = estimate(index, 3.0, mean, sd, NODES, baseline)
    assert mean_of(function_of(index, 3.0)[0](mean + sd * NODES)) == pytest.approx(value, abs=1e-7)
    for estimates, exact in [
        (found.score_mean, by_mean),
        (found.path_mean, by_mean),
        (found.score_sd, by_sd),
        (found.path_sd, by_sd),
    ]:
        assert mean_of(estimates) == pytest.approx(exact, abs=1e-6)


def test_single_sample_is_what_autograd_has():
    mean, sd = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.7, 1.3))
    found = estimate(2, 4.0, 0.7, 1.3, np.array([0.4]))
    path = torch.autograd.grad(torch.sin(4 * (mean + sd * 0.4)), (mean, sd))
    z = (mean + sd * 0.4).detach()
    score = torch.autograd.grad(torch.distributions.Normal(mean, sd).log_prob(z) * torch.sin(4 * z), (mean, sd))
    assert [found.path_mean[0], found.path_sd[0]] == pytest.approx([float(part) for part in path])
    assert [found.score_mean[0], found.score_sd[0]] == pytest.approx([float(part) for part in score])


@pytest.mark.parametrize(("mean", "sd", "ratio"), [(0, 1, 3.75), (1, 1, 7.5), (2, 1, 21.75)])
def test_variances_for_the_square(mean, sd, ratio):
    score_mean, score_sd, path_mean, path_sd = square_variances(mean, sd)
    assert score_mean / path_mean == ratio
    exact = estimate(0, 1, mean, sd, NODES)
    found = [
        mean_of(part**2) - mean_of(part) ** 2
        for part in (exact.score_mean, exact.score_sd, exact.path_mean, exact.path_sd)
    ]
    assert found == pytest.approx([score_mean, score_sd, path_mean, path_sd])
    drawn = estimate(0, 1, mean, sd, NOISE)
    assert drawn.score_mean.var() == pytest.approx(score_mean, rel=0.05)


def test_baseline_lowers_the_variance_and_oscillation_lets_the_score_function_win():
    plain = estimate(0, 1, 5, 1, NOISE).score_mean.var()
    with_baseline = estimate(0, 1, 5, 1, NOISE, baseline=26).score_mean.var()
    assert plain == pytest.approx(990, rel=0.03)
    assert with_baseline == pytest.approx(210, rel=0.03)
    waves = estimate(2, 8, 0, 1, NOISE)
    assert waves.path_mean.var() == pytest.approx(32, rel=0.02)
    assert waves.score_mean.var() == pytest.approx(0.5, rel=0.02)
