"""The map from one latent space into another, beside SciPy, scikit-learn and the Procrustes alignment."""

import numpy as np
import pytest
from scipy.spatial import procrustes
from scipy.stats import special_ortho_group
from sklearn.linear_model import LinearRegression

from aeviz.analysis.alignment import align, explained_unmoved, find_translation


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(60, 3)) * [1, 2, 0.5] + [3, -1, 0]


def test_points_explain_as_they_stand_what_scikit_learn_says(points):
    from sklearn.metrics import r2_score

    source = points + np.random.default_rng(1).normal(size=points.shape) + 0.3
    expected = r2_score(points, source, multioutput="variance_weighted")
    assert explained_unmoved(source, points) == pytest.approx(expected)
    assert explained_unmoved(points, points) == 1
    assert explained_unmoved(points, np.ones_like(points)) == 0


def test_similarity_is_found_exactly(points):
    turn = special_ortho_group.rvs(3, random_state=1) @ np.diag([1, 1, -1])
    target = 1.7 * points @ turn + [5, 0, -2]
    found = find_translation(points, target)
    assert found.is_similarity
    assert found.explained == pytest.approx(1)
    np.testing.assert_allclose(found.matrix, 1.7 * turn.T, atol=1e-10)
    np.testing.assert_allclose(found.apply(points), target, atol=1e-5)


def test_between_equal_dimensions_it_is_the_alignment(points):
    target = points[:, ::-1] + np.random.default_rng(2).normal(0, 0.8, points.shape)
    found, known = find_translation(points, target), align(points, target)
    np.testing.assert_allclose(found.apply(points), known.apply(points), atol=1e-5)
    assert found.explained == pytest.approx(1 - procrustes(target, points)[2])
    np.testing.assert_allclose(found.matrix @ found.matrix.T, known.scale**2 * np.eye(3), atol=1e-10)


@pytest.mark.parametrize("dimensions", [1, 2, 7])
def test_between_other_dimensions_it_is_least_squares(points, dimensions):
    random = np.random.default_rng(4)
    target = points @ random.normal(size=(3, dimensions)) + random.normal(0, 0.3, (len(points), dimensions)) + 2
    found = find_translation(points, target)
    known = LinearRegression().fit(points, target)
    assert not found.is_similarity
    np.testing.assert_allclose(found.matrix, known.coef_, atol=1e-10)
    np.testing.assert_allclose(found.shift, known.intercept_, atol=1e-10)
    share = 1 - ((known.predict(points) - target) ** 2).sum() / ((target - target.mean(axis=0)) ** 2).sum()
    assert found.explained == pytest.approx(share)
    assert found.apply(points[:1]).shape == (1, dimensions)
    assert found.apply(points).dtype == np.float32


@pytest.mark.parametrize("dimensions", [2, 3])
def test_spaces_in_which_nothing_varies_give_finite_maps(points, dimensions):
    still = np.ones((len(points), dimensions))
    for found in (find_translation(points, still), find_translation(still, points), find_translation(still, still)):
        assert np.isfinite(found.matrix).all()
        assert np.isfinite(found.shift).all()
        assert 0 <= found.explained <= 1
    np.testing.assert_allclose(find_translation(points, still).apply(points), still, atol=1e-6)
