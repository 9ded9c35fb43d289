"""What a budget buys, as the page chooses it, beside a search through all points."""

import numpy as np
from page_scripts import run_script

SCRIPT = """
async function main({ points, budgets }) {
  const { bestWithin, curveOf } = await import("./rate/choose.js");
  const found = [];
  for (const method of [0, 1]) for (const precision of [0, 1, 2]) for (const hasHeader of [false, true]) {
    const curve = curveOf(points, method, precision, hasHeader);
    const chosen = budgets.map((budget) => bestWithin(points, curve, budget, hasHeader));
    found.push([method, precision, hasHeader, curve, chosen]);
  }
  return found;
}
"""


def test_the_least_error_within_the_budget_is_bought(tmp_path):
    rng = np.random.default_rng(0)
    points = []
    for _ in range(30):
        method = int(rng.integers(2))
        body = float(rng.integers(1, 100))
        precision = int(rng.integers(3)) if method == 0 else -1
        header = 30 * method
        points.append(
            {"method": method, "precision": precision, "bytes": body + header, "body": body, "mse": rng.random()}
        )
    budgets = [0, 5, 40, 1000]
    for method, precision, has_header, curve, chosen in run_script(
        tmp_path, SCRIPT, {"points": points, "budgets": budgets}
    ):
        size = "bytes" if has_header else "body"
        allowed = [
            k for k, point in enumerate(points) if point["method"] == method and point["precision"] in (-1, precision)
        ]
        assert sorted(curve) == allowed
        assert [points[k][size] for k in curve] == sorted(points[k][size] for k in curve)
        for budget, found in zip(budgets, chosen, strict=True):
            affordable = [k for k in allowed if points[k][size] <= budget]
            assert found == (min(affordable, key=lambda k: points[k]["mse"]) if affordable else -1)
