"""Probabilistic PCA against scipy and torch, and against the integral on a grid."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from torch.distributions import MultivariateNormal
from torch.distributions.kl import kl_divergence as torch_kl

from aeviz.lab.gaussian_bounds import best_gaussian, elbo
from aeviz.lab.plane_integral import Box, integrate
from aeviz.lab.probabilistic_pca import LinearDecoder, family_gap, shifted, two_columns

X = np.array([1.5, 0.5])
BOX = Box(low=(-6.0, -6.0), side=12.0, n=48)


def kl_divergence(q, p):
    made = [MultivariateNormal(torch.tensor(g.mean), torch.tensor(g.covariance)) for g in (q, p)]
    return float(torch_kl(*made))


@pytest.fixture(params=[(30, 0.3), (80, 1.0), (5, 0.1)], ids=str)
def decoder(request):
    degrees, deviation = request.param
    return LinearDecoder(weight=two_columns(math.radians(degrees)), deviation=deviation)


def test_evidence_and_posterior_agree_with_scipy_and_with_the_grid(decoder):
    marginal = multivariate_normal(np.zeros(2), decoder.weight @ decoder.weight.T + decoder.deviation**2 * np.eye(2))
    assert decoder.log_evidence(X) == pytest.approx(marginal.logpdf(X))
    found = integrate(lambda points: decoder.log_joint(X, points), BOX)
    assert found.log_evidence == pytest.approx(decoder.log_evidence(X), abs=0.003)
    np.testing.assert_allclose(found.mean, decoder.posterior(X).mean, atol=0.01)
    np.testing.assert_allclose(found.covariance, decoder.posterior(X).covariance, atol=0.01)
    # Bayes: joint = evidence + posterior, at any point
    points = np.random.default_rng(0).standard_normal((5, 2))
    np.testing.assert_allclose(
        decoder.log_joint(X, points), decoder.log_evidence(X) + decoder.posterior(X).log_density(points)
    )


def test_parts_of_the_gap_are_those_of_the_formulas(decoder):
    best, posterior = decoder.best_diagonal(X), decoder.posterior(X)
    covariance = posterior.covariance
    correlation = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    assert decoder.correlation == pytest.approx(correlation)
    assert kl_divergence(best, posterior) == pytest.approx(family_gap(correlation))
    assert kl_divergence(shifted(best, 1.5), posterior) == pytest.approx(family_gap(correlation) + 1.5**2 / 2)
    reached = best_gaussian(lambda points: decoder.log_joint(X, points), best, is_full=False)[1]
    bound = elbo(lambda points: decoder.log_joint(X, points), best)
    assert reached == pytest.approx(bound, abs=0.002)
    assert bound == pytest.approx(decoder.log_evidence(X) - family_gap(correlation), abs=0.001)


@pytest.mark.parametrize(("correlation", "nats"), [(0.5, 0.144), (0.9, 0.830), (0.99, 1.959)])
def test_family_gap_has_the_known_values(correlation, nats):
    assert family_gap(correlation) == pytest.approx(nats, abs=0.001)
