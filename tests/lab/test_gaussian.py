"""The multivariate Gaussian beside SciPy, and moments of a sample beside the true ones."""

import numpy as np
import pytest
from scipy.stats import chi2, multivariate_normal

from aeviz.lab.distance import mahalanobis_distance
from aeviz.lab.gaussian import log_density, mass_within, sample_moments, z_scores

RANDOM = np.random.default_rng(2)
FACTOR = RANDOM.normal(size=(5, 5))
MEAN, COVARIANCE = RANDOM.normal(size=5), FACTOR @ FACTOR.T + 0.2 * np.eye(5)
POINTS = RANDOM.multivariate_normal(MEAN, COVARIANCE, size=50_000)


def test_density_is_that_of_scipy():
    expected = multivariate_normal(MEAN, COVARIANCE).logpdf(POINTS[:100])
    np.testing.assert_allclose(log_density(POINTS[:100], MEAN, COVARIANCE), expected)
    with pytest.raises(np.linalg.LinAlgError):
        log_density(POINTS[:1], MEAN, np.zeros((5, 5)))


def test_moments_of_a_sample_come_near_the_true_ones():
    mean, covariance = sample_moments(POINTS)
    np.testing.assert_allclose(covariance, np.cov(POINTS.T))
    np.testing.assert_allclose(mean, MEAN, atol=0.05)
    np.testing.assert_allclose(covariance, COVARIANCE, atol=0.05 * COVARIANCE.max())
    scores = z_scores(POINTS, MEAN, COVARIANCE)
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=0.02)
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=0.02)


def test_mass_within_a_distance_in_two_dimensions():
    assert mass_within(0) == 0
    for distance in (0.5, 1, 2, 3):
        assert mass_within(distance) == pytest.approx(chi2.cdf(distance**2, df=2))
    plane = POINTS[:, :2]
    distances = mahalanobis_distance(plane, MEAN[:2], COVARIANCE[:2, :2])
    assert (distances < 1).mean() == pytest.approx(mass_within(1), abs=0.01)
