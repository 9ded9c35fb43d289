"""What a budget buys, as the page chooses it, beside a search through all points."""

import numpy as np
from page_scripts import run_script

SCRIPT = """
async function main({ points, budgets }) {
  const { bestWithin, curveOf } = await import("./rate/choose.js");
  const found = [];
  for (const method of [0, 1]) for (const precision of [0, 1, 2]) for (const hasHeader of [false, true]) {
    const count = { hasHeader, images: 100 };
    const curve = curveOf(points, method, precision, count);
    const chosen = budgets.map((budget) => bestWithin(points, curve, budget, count));
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
        weights = int(rng.integers(2000)) if method == 0 else 0
        points.append(
            {
                "method": method,
                "precision": precision,
                "bytes": body + header,
                "body": body,
                "mse": rng.random(),
                "weights": weights,
            }
        )
    budgets = [0, 5, 40, 1000]
    for method, precision, has_header, curve, chosen in run_script(
        tmp_path, SCRIPT, {"points": points, "budgets": budgets}
    ):
        sizes = [point["bytes" if has_header else "body"] + 2 * point["weights"] / 100 for point in points]
        allowed = [
            k for k, point in enumerate(points) if point["method"] == method and point["precision"] in (-1, precision)
        ]
        assert sorted(curve) == allowed
        assert [sizes[k] for k in curve] == sorted(sizes[k] for k in curve)
        for budget, found in zip(budgets, chosen, strict=True):
            affordable = [k for k in allowed if sizes[k] < budget + 0.5]
            assert found == (min(affordable, key=lambda k: points[k]["mse"]) if affordable else -1)
