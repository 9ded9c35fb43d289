import itertools

import numpy as np
import pytest
from scipy.spatial import procrustes
from scipy.stats import special_ortho_group
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from aeviz.analysis.alignment import align
from aeviz.analysis.latent import (
    count_active_units,
    data_distance,
    nearest_index,
    order_by_variance,
    project,
    quantile_ranges,
    usual_distance,
    variance_shares,
)
from aeviz.analysis.traversal import plane_grid


@pytest.fixture
def rng():
    return np.random.default_rng(0)


# Alignment


@pytest.mark.parametrize("reflect", [False, True])
@pytest.mark.parametrize("dimensions", [2, 3, 10])
def test_align_recovers_a_known_similarity(dimensions, reflect, rng):
    source = rng.normal(size=(200, dimensions)).astype(np.float32)
    rotation = special_ortho_group.rvs(dimensions, random_state=1)
    if reflect:
        rotation[:, 0] *= -1
    target = 2.5 * source @ rotation + rng.normal(size=dimensions)
    alignment = align(source, target)
    np.testing.assert_allclose(alignment.rotation, rotation, atol=1e-6)
    assert alignment.scale == pytest.approx(2.5, rel=1e-6)
    assert alignment.explained == pytest.approx(1, abs=1e-9)
    moved = alignment.apply(source)
    assert moved.dtype == np.float32
    np.testing.assert_allclose(moved, target, atol=1e-5)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_align_explains_what_scipys_disparity_leaves(dimensions, rng):
    target = rng.normal(size=(100, dimensions))
    source = target @ rng.normal(size=(dimensions, dimensions)) + 0.5 * rng.normal(size=(100, dimensions))
    _, _, disparity = procrustes(target, source)
    alignment = align(source, target)
    assert alignment.explained == pytest.approx(1 - disparity, abs=1e-9)
    remaining = ((alignment.apply(source) - target) ** 2).sum() / ((target - target.mean(axis=0)) ** 2).sum()
    assert remaining == pytest.approx(disparity, rel=1e-5)


def test_align_only_turns_and_scales(rng):
    source, target = rng.normal(size=(2, 50, 3))
    alignment = align(source, target)
    np.testing.assert_allclose(alignment.rotation @ alignment.rotation.T, np.eye(3), atol=1e-12)
    moved = alignment.apply(source).astype(np.float64)
    pairs = list(itertools.combinations(range(6), 2))
    ratios = [np.linalg.norm(moved[a] - moved[b]) / np.linalg.norm(source[a] - source[b]) for a, b in pairs]
    np.testing.assert_allclose(ratios, alignment.scale, rtol=1e-5)


def test_align_of_collapsed_points_moves_all_to_the_centre(rng):
    target = rng.normal(size=(20, 2))
    alignment = align(np.full((20, 2), 3.0), target)
    assert (alignment.scale, alignment.explained) == (0, 0)
    np.testing.assert_allclose(alignment.apply(np.full((20, 2), 3.0)), np.tile(target.mean(axis=0), (20, 1)), rtol=1e-6)
    assert align(target, np.full((20, 2), 3.0)).explained == 0


# Projection


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_project_equals_sklearns_pca_up_to_sign(dimensions, rng):
    z = (rng.normal(size=(300, 6)) @ rng.normal(size=(6, 6)) + 5).astype(np.float32)
    projection = project(z, dimensions)
    pca = PCA(dimensions, svd_solver="full").fit(z.astype(np.float64))
    expected = pca.transform(z.astype(np.float64))
    signs = np.sign((projection.points * expected).sum(axis=0))
    np.testing.assert_allclose(projection.points, expected * signs, atol=1e-4)
    assert projection.explained == pytest.approx(pca.explained_variance_ratio_.sum(), rel=1e-9)
    assert projection.axis_names == ("PC1", "PC2", "PC3")[:dimensions]
    assert projection.points.dtype == np.float32


def test_variance_shares_are_those_of_sklearns_pca(rng):
    z = (rng.normal(size=(300, 2)) @ rng.normal(size=(2, 5)) + 5).astype(np.float32)
    expected = PCA(svd_solver="full").fit(z.astype(np.float64)).explained_variance_ratio_
    np.testing.assert_allclose(variance_shares(z), expected, atol=1e-12)
    assert (variance_shares(z)[2:] < 1e-9).all(), "in a plane"
    assert not variance_shares(np.ones((3, 4))).any()


def test_project_has_a_fixed_sign(rng):
    z = rng.normal(size=(100, 4)) * [4, 3, 2, 1]
    order = rng.permutation(100)
    np.testing.assert_allclose(project(z, 2).points[order], project(z[order], 2).points, atol=1e-5)


def test_project_leaves_points_of_that_many_dimensions_alone(rng):
    z = rng.normal(size=(10, 3)).astype(np.float32)
    projection = project(z, 3)
    np.testing.assert_array_equal(projection.points, z)
    assert (projection.axis_names, projection.explained) == (("z1", "z2", "z3"), 1.0)


def test_project_of_equal_points_explains_nothing():
    projection = project(np.ones((5, 4)), 2)
    np.testing.assert_array_equal(projection.points, np.zeros((5, 2)))
    assert projection.explained == 0


# Ranges and units


def test_quantile_ranges_equal_numpys_quantiles(rng):
    z = rng.normal(size=(1000, 3)).astype(np.float32)
    expected = np.stack([np.quantile(z[:, i].astype(np.float64), [0.05, 0.95]) for i in range(3)])
    np.testing.assert_allclose(quantile_ranges(z, tail=0.05), expected)


def test_quantile_ranges_give_a_dead_unit_room(rng):
    z = rng.normal(size=(100, 3)).astype(np.float32)
    z[:, 1] = 2.0
    ranges = quantile_ranges(z)
    np.testing.assert_allclose(ranges[1], [1.5, 2.5])
    assert (ranges[:, 1] > ranges[:, 0]).all()


def test_order_by_variance_falls_and_keeps_ties(rng):
    z = rng.normal(size=(500, 4)) * [1, 3, 0, 2]
    assert order_by_variance(z).tolist() == [1, 3, 0, 2]
    assert order_by_variance(np.ones((5, 3))).tolist() == [0, 1, 2]


def test_count_active_units_has_the_published_threshold():
    column = np.array([-1.0, 1.0])  # variance 1
    z = np.stack([column, 0.11 * column, 0.09 * column, 0 * column], axis=1)
    assert count_active_units(z) == 2


# Distance from the data


@pytest.mark.parametrize("dimensions", [2, 10])
def test_data_distance_equals_sklearns_tenth_neighbour(dimensions, rng):
    z, points = rng.normal(size=(200, dimensions)), 3 * rng.normal(size=(50, dimensions))
    distances, _ = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(z).kneighbors(points)
    np.testing.assert_allclose(data_distance(points, z), distances[:, 9], rtol=1e-9)


def test_data_distance_of_few_points_takes_the_farthest():
    z = np.array([[0.0, 0.0], [0.0, 3.0]])
    np.testing.assert_allclose(data_distance(np.array([[4.0, 0.0]]), z), [5.0])


def test_usual_distance_leaves_the_point_itself_out(rng):
    z = rng.normal(size=(300, 2))
    distances, _ = NearestNeighbors(n_neighbors=11).fit(z).kneighbors(z)  # the first is the point itself
    assert usual_distance(z) == pytest.approx(np.quantile(distances[:, 10], 0.99), rel=1e-3)  # it interpolates squares


def test_usual_distance_separates_data_from_gaps(rng):
    z = np.concatenate([rng.normal(size=(1500, 2)), rng.normal(size=(1500, 2)) + 20])
    limit = usual_distance(z)
    assert data_distance(np.array([[0.0, 0.0], [20.0, 20.0]]), z).max() < limit
    assert data_distance(np.array([[10.0, 10.0]]), z)[0] > limit


# Meshes


def test_plane_mesh_reads_like_a_picture_of_the_plane():
    ranges = np.array([[0.0, 4.0], [7.0, 7.5], [-2.0, 2.0]])
    mesh = plane_grid(ranges, np.array([9.0, 7.25, 9.0]), axes=(0, 2), side=4)
    assert mesh.shape == (16, 3)
    assert mesh.dtype == np.float32
    grid = mesh.reshape(4, 4, 3)
    np.testing.assert_allclose(grid[:, :, 0], np.tile([0.5, 1.5, 2.5, 3.5], (4, 1)))  # centres of equal cells
    np.testing.assert_allclose(grid[:, :, 2], np.tile([1.5, 0.5, -0.5, -1.5], (4, 1)).T)  # first row: largest
    assert (grid[:, :, 1] == 7.25).all()


def test_plane_mesh_takes_axes_in_either_order():
    ranges = np.array([[0.0, 1.0], [10.0, 20.0]])
    grid = plane_grid(ranges, np.zeros(2), axes=(1, 0), side=10).reshape(10, 10, 2)
    assert grid[0, 0].tolist() == pytest.approx([0.95, 10.5])
    assert grid[9, 9].tolist() == pytest.approx([0.05, 19.5])


def test_nearest_index_is_that_of_a_tree(rng):
    z, points = rng.normal(size=(300, 4)), rng.normal(size=(20, 4))
    found = NearestNeighbors(n_neighbors=1).fit(z).kneighbors(points, return_distance=False)[:, 0]
    assert nearest_index(points, z).tolist() == found.tolist()
