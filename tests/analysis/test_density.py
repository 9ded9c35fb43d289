"""Densities on a grid against SciPy's kernel density estimate and against closed forms."""

import numpy as np
import pytest
from scipy.stats import gaussian_kde

from aeviz.analysis.density import bandwidth, contour_lines, density_levels, estimate_density


@pytest.mark.parametrize(("axes", "tolerance"), [(2, 0.02), (3, 0.06)])
def test_density_is_that_of_scipy_with_the_same_kernel(axes, tolerance):
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(size=(900, axes)), 5 + 0.5 * rng.normal(size=(600, axes))])
    points = np.linalg.solve(np.linalg.cholesky(np.cov(points.T)), points.T).T  # so that SciPy's kernel is round
    width = 0.25
    ours = estimate_density(points, np.full(axes, width))
    theirs = gaussian_kde(points.T, bw_method=width)
    expected = theirs(points.T)
    inside = expected > np.quantile(expected, 0.05)
    np.testing.assert_allclose(
        ours.at(points)[inside], expected[inside], rtol=tolerance, atol=tolerance * expected.max()
    )
    assert ours.values.sum() * ours.step.prod() == pytest.approx(1)


def test_bandwidth_is_half_of_silvermans_rule():
    points = np.random.default_rng(2).normal(size=(4000, 2)) * [1, 3]
    expected = 0.5 * gaussian_kde(points.T).silverman_factor() * np.array([1, 3])
    np.testing.assert_allclose(bandwidth(points), expected, rtol=0.05)


def test_contours_of_a_normal_distribution_are_circles_that_hold_their_share():
    points = np.random.default_rng(3).normal(size=(200_000, 2))
    density = estimate_density(points)
    for share, level in zip((0.9, 0.5), density_levels(density, points), strict=True):
        lines = contour_lines(density, level)
        radii = np.linalg.norm(max(lines, key=len), axis=1)
        assert radii == pytest.approx(np.sqrt(-2 * np.log(1 - share)), rel=0.07)
        assert max(lines, key=len)[0] == pytest.approx(max(lines, key=len)[-1])  # closed


def test_points_on_a_line_or_in_one_place_have_a_density():
    still = np.zeros((5, 2), dtype=np.float32)
    line = np.column_stack([np.linspace(0, 1, 50), np.zeros(50)]).astype(np.float32)
    for points in (still, line, still[:1]):
        density = estimate_density(points)
        assert np.isfinite(density.values).all()
        assert (density.at(points) > 0).all()


def test_far_away_there_is_nothing():
    points = np.random.default_rng(4).normal(size=(500, 2))
    assert estimate_density(points).at(np.array([[99.0, 99.0]])).tolist() == [0]
