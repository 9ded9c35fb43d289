"""Beta densities as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.beta_posterior import beta_density, evidence, predicted

SCRIPT = """
async function main({ cases, points }) {
  const page = await import("./bayes/beta.js");
  return cases.map(([a, b, s, f]) => ({
    density: points.map((x) => page.betaDensity(x, a, b)),
    numbers: [page.evidence(a, b, s, f), page.predicted(a, b, s, f)],
  }));
}
"""
CASES = [(2, 8, 3, 0), (0.5, 0.5, 1, 2), (99, 40.5, 50, 50)]


def test_page_computes_what_python_does(tmp_path):
    points = np.linspace(0.01, 0.99, 25)
    told = {"cases": CASES, "points": points.tolist()}
    for (a, b, s, f), found in zip(CASES, run_script(tmp_path, SCRIPT, told), strict=True):
        np.testing.assert_allclose(found["density"], beta_density(points, a, b), rtol=1e-9)
        assert found["numbers"] == pytest.approx([evidence(a, b, s, f), predicted(a, b, s, f)], rel=1e-9)
