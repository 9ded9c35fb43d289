"""The plane of a small map: two active dimensions as they are, the first principal components of more."""

import numpy as np

from aeviz.analysis.latent import count_votes, vote_of_neighbours
from aeviz.analysis.latent_plane import latent_plane


def test_two_active_dimensions_are_the_axes():
    found = latent_plane(np.ones(4), np.diag([0.001, 2.0, 0.0, 3.0]), np.array([False, True, False, True]))
    assert found.names == ("z2", "z4")
    assert found.share == 1
    assert found.place(np.arange(8.0).reshape(2, 4)).tolist() == [[1, 3], [5, 7]]


def test_more_active_dimensions_give_principal_components_of_those_alone():
    z = np.random.default_rng(0).normal(size=(500, 4)) * [3, 2, 1, 50]
    used = np.array([True, True, True, False])
    found = latent_plane(z.mean(axis=0), np.cov(z.T, bias=True), used)
    places = found.place(z)
    left, values, _ = np.linalg.svd(z[:, used] - z[:, used].mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(places), np.abs(left * values)[:, :2], atol=1e-4)
    assert np.isclose(found.share, (values[:2] ** 2).sum() / (values**2).sum())
    assert found.names == ("PC1", "PC2")


def test_one_active_dimension_is_joined_by_the_next_and_none_has_no_plane():
    covariance = np.diag([0.001, 2.0, 0.005])
    assert latent_plane(np.zeros(3), covariance, np.array([False, True, False])).names == ("z2", "z3")
    assert latent_plane(np.zeros(3), covariance, np.zeros(3, dtype=bool)) is None
    assert latent_plane(np.zeros(1), np.eye(1), np.ones(1, dtype=bool)) is None


def test_votes_are_counted_for_each_class():
    z = np.arange(20.0)[:, None]
    labels = np.repeat([0, 2], 10)
    votes = count_votes(np.array([[0.0], [9.6]]), z, labels)
    assert votes.tolist() == [[10, 0, 0], [5, 0, 5]]
    assert vote_of_neighbours(np.array([[19.0]]), z, labels).tolist() == [2]


def test_a_direction_lies_across_and_the_largest_spread_of_the_rest_upwards():
    covariance = np.diag([9.0, 4.0, 1.0])
    found = latent_plane(np.zeros(3), covariance, np.ones(3, dtype=bool), np.array([-2.0, 0, 0]))
    np.testing.assert_allclose(found.axes, [[-1, 0], [0, 1], [0, 0]], atol=1e-12)
    assert np.isclose(found.share, 13 / 14)
