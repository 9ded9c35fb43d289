"""Information and entropy as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.information import RIVALS, additivity_gap, entropy, information, with_probability

SCRIPT = """
async function main({ cases, bases }) {
  const page = await import("./entropy/probabilities.js");
  return cases.map(({ values, index, value }) => ({
    scaled: page.normalise(values),
    entropies: bases.map((base) => page.entropy(values, base)),
    information: page.information(values[0], 2),
    moved: page.withProbability(values, index, value),
    gaps: page.RIVALS.map(([, rule]) => rule(0.02, Math.E) - rule(0.1, Math.E) - rule(0.2, Math.E)),
  }));
}
"""
CASES = [((0.8, 0.2), 0, 0.3), ((0.5, 0.25, 0.125, 0.125), 2, 1.0), ((1.0, 0.0, 0.0), 0, 0.4)]
BASES = [2, np.e, 10]


def test_page_computes_what_python_does(tmp_path):
    told = [{"values": values, "index": index, "value": value} for values, index, value in CASES]
    for (values, index, value), found in zip(
        CASES, run_script(tmp_path, SCRIPT, {"cases": told, "bases": BASES}), strict=True
    ):
        probabilities = np.array(values)
        assert found["scaled"] == pytest.approx(values)
        assert found["entropies"] == pytest.approx([entropy(probabilities, base) for base in BASES])
        assert found["information"] == pytest.approx(float(information(probabilities[0], 2)))
        assert found["moved"] == pytest.approx(with_probability(probabilities, index, value))
        assert found["gaps"] == pytest.approx([additivity_gap(rival, 0.1, 0.2) for rival in RIVALS.values()], abs=1e-12)
