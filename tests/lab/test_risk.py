"""Risks in closed form beside large samples, and fits beside numpy's least squares and a linear program."""

import numpy as np
import pytest
from scipy.optimize import linprog

from aeviz.lab.risk import empirical_risk, fit, least_risk, legendre, losses, risk, target

RANDOM = np.random.default_rng(3)


def sample(count, noise=0.4):
    x = RANDOM.uniform(-1, 1, count)
    return x, target(x) + RANDOM.laplace(scale=noise / np.sqrt(2), size=count)


@pytest.mark.parametrize("loss", ["squared", "absolute"])
@pytest.mark.parametrize("degree", [0, 3, 6])
def test_risk_is_the_mean_loss_over_many_new_data(loss, degree):
    weights = fit(*sample(30), degree, loss)
    x, y = sample(400_000)
    assert risk(weights, 0.4, loss) == pytest.approx(empirical_risk(weights, x, y, loss), rel=0.01)
    assert least_risk(0.4, loss) == pytest.approx(losses(y, target(x), loss).mean(), rel=0.01)
    assert risk(weights, 0.4, loss) > least_risk(0.4, loss)


def test_fits_minimise_the_empirical_risk():
    x, y = sample(40)
    np.testing.assert_allclose(fit(x, y, 5, "squared"), np.linalg.lstsq(legendre(x, 5), y)[0], atol=1e-6)
    features = legendre(x, 5)
    bounds = [(None, None)] * 6 + [(0, None)] * 40
    matrix = np.block([[features, -np.eye(40)], [-features, -np.eye(40)]])
    best = linprog(np.r_[np.zeros(6), np.ones(40)], matrix, np.r_[y, -y], bounds=bounds).fun / 40
    assert best <= empirical_risk(fit(x, y, 5, "absolute"), x, y, "absolute") <= 1.005 * best


def test_empirical_risk_falls_with_the_degree_and_risk_does_not():
    x, y = sample(15)
    fits = [fit(x, y, degree, "squared") for degree in range(13)]
    empirical = [empirical_risk(weights, x, y, "squared") for weights in fits]
    assert np.all(np.diff(empirical) < 1e-9)
    assert int(np.argmin([risk(weights, 0.4, "squared") for weights in fits])) < 10
