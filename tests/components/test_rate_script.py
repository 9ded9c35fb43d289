"""What a budget buys, as the page chooses it, beside a search through all points."""

import numpy as np
from page_scripts import run_script

SCRIPT = """
async function main({ points, budgets }) {
  const { bestWithin, curveOf, ownOf } = await import("./rate/choose.js");
  const found = [];
  for (const method of [0, 1]) for (const precision of [0, 1, 2]) for (const hasHeader of [false, true]) {
    const count = { hasHeader, images: 100 };
    const curve = curveOf(points, method, precision, count);
    const chosen = budgets.map((budget) => bestWithin(points, curve, budget, count));
    const own = budgets.map((budget) => bestWithin(points.map(ownOf), curve, budget, count));
    found.push([method, precision, hasHeader, curve, chosen, own]);
  }
  return found;
}
"""


def test_least_error_within_the_budget_is_bought_on_average_and_for_one_image(tmp_path):
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
                "own": [float(rng.integers(1, 130)), float(rng.integers(1, 100)), rng.random()],
            }
        )
    budgets = [0, 5, 40, 1000]
    for method, precision, has_header, curve, chosen, own in run_script(
        tmp_path, SCRIPT, {"points": points, "budgets": budgets}
    ):
        sizes = [point["bytes" if has_header else "body"] + 2 * point["weights"] / 100 for point in points]
        allowed = [
            k for k, point in enumerate(points) if point["method"] == method and point["precision"] in (-1, precision)
        ]
        assert sorted(curve) == allowed
        assert [sizes[k] for k in curve] == sorted(sizes[k] for k in curve)
        own_sizes = [point["own"][0 if has_header else 1] + 2 * point["weights"] / 100 for point in points]
        for results, of, errors in (
            (chosen, sizes, [point["mse"] for point in points]),
            (own, own_sizes, [point["own"][2] for point in points]),
        ):
            for budget, found in zip(budgets, results, strict=True):
                affordable = [k for k in allowed if of[k] < budget + 0.5]
                assert found == (min(affordable, key=errors.__getitem__) if affordable else -1)
