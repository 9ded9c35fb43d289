"""The bound of one parameter: it touches, lies below, and its top never lowers the log-likelihood."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from aeviz.lab.mixture_line import KNOWN, log_likelihoods, next_theta, touching_bound

RANDOM = np.random.default_rng(0)
DATA = np.concatenate([RANDOM.normal(mean, 0.7, 10) for mean in (0, -3, 3.5)])
THETAS = np.linspace(-6, 7, 200)


def test_log_likelihood_is_that_of_scipy():
    expected = [np.log(0.5 * norm.pdf(DATA, KNOWN, 1.2) + 0.5 * norm.pdf(DATA, t, 1.2)).sum() for t in THETAS]
    np.testing.assert_allclose(log_likelihoods(DATA, THETAS, 1.2), expected)


@pytest.mark.parametrize("at", [-4.0, 0.6, 5.0])
def test_bound_lies_below_and_touches_with_the_same_slope(at):
    assert np.all(touching_bound(DATA, at, THETAS, 1.0) <= log_likelihoods(DATA, THETAS, 1.0) + 1e-9)
    near = np.array([at - 1e-4, at, at + 1e-4])
    np.testing.assert_allclose(touching_bound(DATA, at, near, 1.0), log_likelihoods(DATA, near, 1.0), atol=1e-5)
    best = minimize_scalar(lambda t: -touching_bound(DATA, at, np.array([t]), 1.0)[0], bounds=(-6, 7), method="bounded")
    assert next_theta(DATA, at, 1.0) == pytest.approx(best.x, abs=1e-3)


def test_em_climbs_the_hill_where_it_starts():
    ends = []
    for theta in (-1.0, 1.0):
        values = []
        for _ in range(40):
            values.append(log_likelihoods(DATA, np.array([theta]), 1.0)[0])
            theta = next_theta(DATA, theta, 1.0)
        assert np.all(np.diff(values) > -1e-9)
        ends.append(theta)
    assert ends[0] < -2 < 2 < ends[1]
