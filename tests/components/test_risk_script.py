"""Risks as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.risk import empirical_risk, fit, least_risk, risk, target

SCRIPT = """
async function main({ cases }) {
  const page = await import("./risk/risks.js");
  return cases.map(([count, noise, degree, isAbsolute]) => {
    const data = page.draw(count, noise, 7);
    const weights = page.fit(data, degree, isAbsolute);
    const empirical = page.empiricalRisk(weights, data, isAbsolute);
    const [risk, least] = [page.risk(weights, noise, isAbsolute), page.leastRisk(noise, isAbsolute)];
    return { ...data, weights, empirical, risk, least };
  });
}
"""


def test_page_computes_what_python_does(tmp_path):
    cases = [(20, 0.4, 4, False), (60, 0.2, 9, False), (20, 0.4, 3, True), (5, 1.0, 0, True)]
    for (count, noise, degree, is_absolute), told in zip(
        cases, run_script(tmp_path, SCRIPT, {"cases": cases}), strict=True
    ):
        x, y = np.array(told["x"]), np.array(told["y"])
        loss = "absolute" if is_absolute else "squared"
        weights = fit(x, y, degree, loss)
        assert len(x) == count
        assert told["weights"] == pytest.approx(weights, rel=1e-4, abs=1e-6)
        assert told["empirical"] == pytest.approx(empirical_risk(weights, x, y, loss), rel=1e-6)
        assert told["risk"] == pytest.approx(risk(weights, noise, loss), rel=1e-4)
        assert told["least"] == pytest.approx(least_risk(noise, loss))


def test_samples_have_the_deviation_that_they_say(tmp_path):
    [told] = run_script(tmp_path, SCRIPT, {"cases": [[20_000, 0.5, 0, False]]})
    assert np.std(np.array(told["y"]) - target(np.array(told["x"]))) == pytest.approx(0.5, rel=0.05)
