"""Distances beside scipy and scikit-learn, with the numbers of the example that the Lab opens with."""

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis
from sklearn.decomposition import PCA

from aeviz.lab.distance import (
    covariance_of,
    euclidean_distance,
    mahalanobis_distance,
    principal_axes,
    variance_along,
    whiten,
)

COVARIANCE = np.array([[3, 1.2], [1.2, 1]])
MEAN = np.zeros(2)


def test_two_points_equally_far_by_euclid_differ_by_mahalanobis():
    points = np.array([[2.0, 1.0], [2.0, -1.0]])
    np.testing.assert_allclose(euclidean_distance(points, MEAN), np.sqrt(5))
    found = mahalanobis_distance(points, MEAN, COVARIANCE)
    np.testing.assert_allclose(found, [1.188, 2.750], atol=5e-4)
    inverse = np.linalg.inv(COVARIANCE)
    np.testing.assert_allclose(found, [mahalanobis(point, MEAN, inverse) for point in points])
    np.testing.assert_allclose(mahalanobis_distance(points, MEAN, np.eye(2)), euclidean_distance(points, MEAN))


def test_whitened_data_have_the_identity_as_covariance_and_keep_their_distances():
    random = np.random.default_rng(0)
    points = random.normal(size=(500, 4)) @ random.normal(size=(4, 4)) + 3
    mean, covariance = points.mean(axis=0), np.cov(points.T)
    white = whiten(points, mean, covariance)
    np.testing.assert_allclose(np.cov(white.T), np.eye(4), atol=1e-10)
    np.testing.assert_allclose(np.linalg.norm(white, axis=1), mahalanobis_distance(points, mean, covariance))
    expected = PCA(whiten=True).fit_transform(points)
    np.testing.assert_allclose(np.abs(white), np.abs(expected), atol=1e-8)


def test_variance_is_largest_along_the_first_axis():
    values, axes = principal_axes(COVARIANCE)
    np.testing.assert_allclose(values, [3.562, 0.438], atol=5e-4)
    assert variance_along(3 * axes[0], COVARIANCE) == pytest.approx(values[0])
    assert variance_along(axes[1], COVARIANCE) == pytest.approx(values[1])
    angles = np.deg2rad(np.arange(180))
    turned = [variance_along(np.array([np.cos(angle), np.sin(angle)]), COVARIANCE) for angle in angles]
    assert values[1] <= min(turned) <= max(turned) <= values[0]
    with pytest.raises(ValueError, match="length 0"):
        variance_along(MEAN, COVARIANCE)


def test_covariance_has_the_deviations_along_its_axes():
    covariance = covariance_of(2.0, 0.5, 30)
    assert variance_along(np.array([np.sqrt(3), 1]), covariance) == pytest.approx(4)
    assert variance_along(np.array([-1, np.sqrt(3)]), covariance) == pytest.approx(0.25)
