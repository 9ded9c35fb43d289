"""Both regressions as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.basis import bumps, gradient, least_squares, network, target, train

SCRIPT = """
async function main({ cases }) {
  const page = await import("./basis/regression.js");
  const { leastSquares } = await import("./kit/least_squares.js");
  const data = page.makeData();
  return cases.map(([count, width, isFixed]) => {
    const start = page.initial(count, 3);
    const training = new page.Training(start, data, 0.02, isFixed);
    for (let step = 0; step < 30; step += 1) training.step();
    return {
      ...data,
      weights: leastSquares(data.x.map((x) => page.bumps(x, count, width)), data.y),
      target: data.x.map(page.target),
      start: [...start],
      gradient: [...page.gradient(start, data)],
      trained: [...training.parameters],
      fit: data.x.map((x) => page.network(start, x)),
    };
  });
}
"""


def test_page_computes_what_python_does(tmp_path):
    cases = [(5, 0.25, False), (1, 0.5, True), (12, 0.15, True)]
    for (count, width, is_fixed), told in zip(cases, run_script(tmp_path, SCRIPT, {"cases": cases}), strict=True):
        x, y, start = (np.array(told[name]) for name in ("x", "y", "start"))
        assert told["target"] == pytest.approx(target(x))
        assert told["weights"] == pytest.approx(least_squares(bumps(x, count, width), y), rel=1e-6)
        assert told["fit"] == pytest.approx(network(start, x))
        assert told["gradient"] == pytest.approx(gradient(start, x, y))
        assert told["trained"] == pytest.approx(train(start, x, y, 30, 0.02, is_fixed=is_fixed), rel=1e-6)
