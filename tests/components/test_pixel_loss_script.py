"""Losses of a pixel as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.pixel_losses import best_constants, gradients, losses

SCRIPT = """
async function main({ pairs, sets }) {
  const page = await import("./pixel_loss/losses.js");
  return {
    pairs: pairs.map(([t, y]) => [page.losses(t, y), page.gradients(t, y)]),
    sets: sets.map((targets) => [page.bestConstants(targets), page.meanLosses(targets, 0.3)]),
  };
}
"""
PAIRS = [(0.8, 0.3), (0.0, 0.4), (1.0, 0.9), (0.5, 0.5), (0.25, 0.99)]
SETS = [[0.0, 0.05, 0.1, 0.9, 1.0], [0.2, 0.4, 0.6, 1.0]]


def test_page_computes_what_python_does(tmp_path):
    found = run_script(tmp_path, SCRIPT, {"pairs": PAIRS, "sets": SETS})
    for (t, y), (cost, slope) in zip(PAIRS, found["pairs"], strict=True):
        assert cost == pytest.approx(losses(np.array(t), np.array(y)))
        assert slope == pytest.approx(gradients(np.array(t), np.array(y)))
    for targets, (best, mean) in zip(SETS, found["sets"], strict=True):
        assert best == pytest.approx(best_constants(np.array(targets)))
        assert mean == pytest.approx(losses(np.array(targets), np.array(0.3)).mean(axis=1))
