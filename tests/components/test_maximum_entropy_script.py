"""Entropy of the densities of one variance as the page computes it, beside that of Python."""

import numpy as np
import pytest
from page_scripts import run_script
from scipy import stats

from aeviz.lab.information import shape_entropy, shape_scale

SCRIPT = """
async function main({ cases, points }) {
  const page = await import("./maximum_entropy/shapes.js");
  const densities = (p, sd) => points.map((x) => page.density(x, p, sd));
  return cases.map(([p, sd]) => [page.shapeEntropy(p, sd), page.scaleOf(p, sd), densities(p, sd)]);
}
"""


def test_page_computes_what_python_does(tmp_path):
    cases, points = [(0.5, 0.3), (1, 1), (2, 2.5), (20, 1)], np.linspace(-2, 2, 9)
    found = run_script(tmp_path, SCRIPT, {"cases": cases, "points": points.tolist()})
    for (shape, sd), (entropy, scale, density) in zip(cases, found, strict=True):
        assert [entropy, scale] == pytest.approx([shape_entropy(shape, sd), shape_scale(shape, sd)])
        np.testing.assert_allclose(density, stats.gennorm(shape, scale=scale).pdf(points), rtol=1e-8, atol=1e-300)
