"""The field of the best denoiser as the page computes it, beside that of Python."""

import numpy as np
from page_scripts import run_script

from aeviz.lab.denoising_field import CURVES, curve_points, denoise, log_density, walk

SCRIPT = """
async function main({ at, sigma }) {
  const { CURVES, curvePoints, denoise, score, walk } = await import("./denoising_field/field.js");
  return CURVES.map((_, index) => {
    const points = curvePoints(index, 30);
    return {
      points, found: at.map((point) => denoise(point, points, sigma)),
      scores: at.map((point) => score(point, points, sigma)),
      paths: [false, true].map((falls) => walk(at[0], points, sigma, 12, falls)),
    };
  });
}
"""


def test_page_computes_what_python_does(tmp_path):
    at, sigma = np.random.default_rng(0).uniform(-3, 3, (9, 2)), 0.4
    for index, told in enumerate(run_script(tmp_path, SCRIPT, {"at": at.tolist(), "sigma": sigma})):
        points = curve_points(index, 30)
        np.testing.assert_allclose(told["points"], points, atol=1e-12)
        means = denoise(at, points, sigma)
        np.testing.assert_allclose([each["mean"] for each in told["found"]], means, atol=1e-12)
        np.testing.assert_allclose([each["logDensity"] for each in told["found"]], log_density(at, points, sigma))
        np.testing.assert_allclose(told["scores"], (means - at) / sigma**2, atol=1e-5)
        for falls, path in zip((False, True), told["paths"], strict=True):
            np.testing.assert_allclose(path, walk(at[0], points, sigma, 12, falls=falls), atol=1e-9)
    assert index == len(CURVES) - 1
