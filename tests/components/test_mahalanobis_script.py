"""Distances, whitening, variances and densities as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.distance import covariance_of, mahalanobis_distance, variance_along
from aeviz.lab.gaussian import log_density, sample_moments

SCRIPT = """
async function main({ clouds, points, angles }) {
  const page = await import("./kit/covariance.js");
  return clouds.map((cloud) => ({
    distances: points.map((point) => page.mahalanobis(cloud, point)),
    back: points.map((point) => page.unwhiten(cloud, page.whiten(cloud, point))),
    variances: angles.map((angle) => page.varianceAlong(cloud, angle)),
    entries: page.entries(cloud),
    again: page.entries(page.cloudOf(page.entries(cloud))),
    densities: points.map((point) => page.density(cloud, point)),
    moments: page.sampleMoments(points),
  }));
}
"""
CLOUDS = [(1.89, 0.66, 25.0), (0.3, 3.0, -140.0), (1.0, 1.0, 10.0)]
POINTS = np.random.default_rng(0).normal(size=(20, 2)) * 3
ANGLES = np.arange(0, 180, 7.5)


def test_page_computes_what_python_does(tmp_path):
    told = {
        "clouds": [{"sds": [first, second], "angle": angle} for first, second, angle in CLOUDS],
        "points": POINTS.tolist(),
        "angles": ANGLES.tolist(),
    }
    for numbers, found in zip(CLOUDS, run_script(tmp_path, SCRIPT, told), strict=True):
        covariance = covariance_of(*numbers)
        np.testing.assert_allclose(found["distances"], mahalanobis_distance(POINTS, np.zeros(2), covariance))
        np.testing.assert_allclose(found["back"], POINTS, atol=1e-12)
        turns = np.deg2rad(ANGLES)
        expected = [
            variance_along(np.array(pair), covariance) for pair in zip(np.cos(turns), np.sin(turns), strict=True)
        ]
        assert found["variances"] == pytest.approx(expected)
        assert found["entries"] == pytest.approx([covariance[0, 0], covariance[0, 1], covariance[1, 1]])
        np.testing.assert_allclose(found["again"], found["entries"], atol=1e-12)
        np.testing.assert_allclose(found["densities"], np.exp(log_density(POINTS, np.zeros(2), covariance)))
        mean, moments = sample_moments(POINTS)
        np.testing.assert_allclose(found["moments"]["mean"], mean)
        np.testing.assert_allclose(found["moments"]["entries"], moments.ravel()[[0, 1, 3]])
