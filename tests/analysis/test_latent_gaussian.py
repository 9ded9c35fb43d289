"""How far a point lies from the gaussian that a decoder learned from, known by its statistics alone."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis
from scipy.stats import chi2

from aeviz.analysis.latent_gaussian import gaussian_by_directions, posterior_variances
from aeviz.analysis.summary import summarise


@pytest.fixture
def z():
    mixing = np.random.default_rng(1).normal(size=(6, 6))
    return np.random.default_rng(0).normal(size=(4000, 6)) @ mixing + 2


def test_distance_is_that_of_scipy(z):
    mean, covariance = z.mean(axis=0), np.cov(z.T)
    expected = [mahalanobis(point, mean, np.linalg.inv(covariance)) for point in z[:20]]
    assert gaussian_by_directions(mean, covariance).distances(z[:20]) == pytest.approx(expected)


@pytest.mark.parametrize("dimensions", [2, 4, 16, 128, 512])
def test_usual_distance_is_the_root_of_the_chi_square_quantile(dimensions):
    gaussian = gaussian_by_directions(np.zeros(dimensions), np.eye(dimensions))
    assert gaussian.usual_distance() == pytest.approx(chi2.ppf(0.99, dimensions) ** 0.5, rel=0.01)


def test_one_of_a_hundred_points_of_the_gaussian_is_far(z):
    gaussian = gaussian_by_directions(z.mean(axis=0), np.cov(z.T))
    assert (gaussian.distances(z) > gaussian.usual_distance()).mean() == pytest.approx(0.01, abs=0.006)


def test_point_off_the_plane_of_the_data_is_far(z):
    flat = np.column_stack([z[:, :3], z[:, :3].sum(axis=1)])  # four dimensions, of which the data use three
    gaussian = gaussian_by_directions(flat.mean(axis=0), np.cov(flat.T))
    assert gaussian.dimensions == 3
    beside = flat[:1] + 0.5 * np.array([1, 1, 1, -1]) / 2
    assert gaussian.distances(flat[:1])[0] < gaussian.usual_distance() < gaussian.distances(beside)[0]


def test_gaussian_without_any_width_has_finite_distances():
    assert gaussian_by_directions(np.zeros(3), np.zeros((3, 3))).distances(np.zeros((1, 3))).tolist() == [0.0]


def test_variance_of_the_posterior_follows_from_its_divergence(z):
    variances = np.array([0.001, 0.02, 0.3, 0.8, 1.0, 0.05])
    divergence = 0.5 * ((z**2).mean(axis=0) + variances - 1 - np.log(variances))
    assert posterior_variances(summarise(z, kl=divergence)) == pytest.approx(variances, rel=1e-4)


def test_collapsed_dimension_has_the_prior_as_its_posterior():
    assert posterior_variances(summarise(np.zeros((5, 2)), kl=np.zeros(2))) == pytest.approx([1, 1], abs=1e-6)


def test_posterior_of_unknown_divergence_has_no_width(z):
    assert not posterior_variances(replace(summarise(z), kl=None)).any()
