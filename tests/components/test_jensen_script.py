"""Jensen's inequality as the page computes it, beside that of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.information import Gaussian, gaussian_kl
from aeviz.lab.jensen import FUNCTIONS, chord_gap, log_ratios, mean_negative_log_likelihood

SCRIPT = """
async function main({ cases, draws }) {
  const page = await import("./jensen/convexity.js");
  return cases.map(([a, b, weight, theta, sd]) => ({
    gaps: page.RULES.map(({ rule }) => page.chordGap(rule, a, b, weight)),
    ratios: draws.map((x) => page.logRatio(x, theta, sd)),
    numbers: [page.divergence(theta, sd), page.meanLoss(draws, theta, sd)],
  }));
}
"""


def test_page_computes_what_python_does(tmp_path):
    cases, draws = [(0.3, 4, 0.5, 1.2, 1), (2, 0.1, 0.85, -3, 0.5)], np.linspace(-3, 2, 7)
    found = run_script(tmp_path, SCRIPT, {"cases": cases, "draws": draws.tolist()})
    for (a, b, weight, theta, sd), told in zip(cases, found, strict=True):
        assert told["gaps"] == pytest.approx([chord_gap(rule, a, b, weight) for rule in FUNCTIONS.values()])
        np.testing.assert_allclose(told["ratios"], log_ratios(draws, theta, sd))
        kl = gaussian_kl(Gaussian(0, 1), Gaussian(theta, sd))
        assert told["numbers"] == pytest.approx([kl, mean_negative_log_likelihood(draws, theta, sd)])
