"""Figures of a posterior in the plane: contours hold the mass that they stand for, bars end at ln p(x)."""

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from aeviz.figures.true_posterior import bound_bars, name_bounds, posterior_plane
from aeviz.lab.gaussian_bounds import PlaneGaussian
from aeviz.lab.plane_integral import Box, integrate

COVARIANCE = np.array([[0.3, 0.1], [0.1, 0.05]])


@pytest.fixture
def plane():
    """The figure of a posterior that is a Gaussian around (1, -0.5), which q is too."""
    density = multivariate_normal((1.0, -0.5), COVARIANCE)
    posterior = integrate(density.logpdf, Box(low=(-5.0, -5.0), side=10.0, n=64))
    q = PlaneGaussian(mean=np.array([1.0, -0.5]), covariance=COVARIANCE)
    draws = q.transform(np.random.default_rng(0).standard_normal((5, 2)))
    return posterior_plane(posterior, q, q, draws, np.log([0.1, 0.1, 0.1, 0.1, 0.6]))


def test_contours_of_a_gaussian_stand_at_its_standard_deviations(plane):
    lines = next(trace for trace in plane.data if trace.type == "contour")
    x, y = np.meshgrid(lines.x, lines.y)
    centred = np.stack([x - 1.0, y + 0.5], axis=-1)
    radius = np.sqrt(np.einsum("...i,ij,...j", centred, np.linalg.inv(COVARIANCE), centred))
    near = radius < 2.5
    assert near.sum() > 200
    assert np.abs(lines.z - radius)[near].max() < 0.25
    assert (lines.contours.start, lines.contours.end, lines.contours.size) == (1, 3, 1)


def test_window_holds_the_ellipses_at_two_deviations(plane):
    for trace in (trace for trace in plane.data if "q" in (trace.name or "")):
        for values, (low, high) in ((trace.x, plane.layout.xaxis.range), (trace.y, plane.layout.yaxis.range)):
            assert low < min(values)
            assert max(values) < high


def test_area_of_a_draw_follows_its_weight(plane):
    sizes = next(trace for trace in plane.data if (trace.name or "").startswith("draws")).marker.size
    assert sizes[4] - 4 == pytest.approx(math.sqrt(6) * (sizes[0] - 4))


def test_bars_reach_from_each_bound_to_the_evidence():
    bounds = name_bounds(-12.0, {1: (-12.1, 0.2), 5: (-11.0, 0.1)}, (-10.5, -10.2), chosen=5)
    bars = bound_bars(bounds, -10.0).data[0]
    np.testing.assert_allclose(np.array(bars.base) + np.array(bars.x), -10.0)
    assert list(bars.base) == [-12.0, -12.1, -11.0, -10.5, -10.2]
    assert bounds[2].colour == bounds[0].colour != bounds[1].colour
