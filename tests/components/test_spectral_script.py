"""Rotations and rebuilds as the page computes them, beside those of Python."""

import numpy as np
from page_scripts import run_script

from aeviz.lab.spectral import example, jacobi, low_rank, off_diagonal

SCRIPT = """
async function main({ matrix, counts, rank }) {
  const page = await import("./spectral/jacobi.js");
  const states = page.rotations(matrix, 250);
  const told = counts.map((count) => {
    const state = states[Math.min(count, states.length - 1)];
    const off = page.offDiagonal(state.turned);
    return { ...state, off, rebuilt: page.lowRank(state, rank), gram: page.gram(state.axes) };
  });
  return { told, count: states.length - 1 };
}
"""


def test_page_computes_what_python_does(tmp_path):
    counts = [0, 1, 7, 250]
    found = run_script(tmp_path, SCRIPT, {"matrix": example().tolist(), "counts": counts, "rank": 2})
    assert 20 < found["count"] < 100
    for count, told in zip(counts, found["told"], strict=True):
        turned, axes = jacobi(example(), count)
        np.testing.assert_allclose(told["turned"], turned, atol=1e-12)
        np.testing.assert_allclose(told["axes"], axes, atol=1e-12)
        np.testing.assert_allclose(told["off"], off_diagonal(turned), atol=1e-12)
        np.testing.assert_allclose(told["rebuilt"], low_rank(np.diag(turned), axes, 2), atol=1e-12)
        np.testing.assert_allclose(told["gram"], np.eye(6), atol=1e-12)
