"""Which points of a map are drawn: a part of very many, until the view holds few or all are asked for."""

import numpy as np
import pytest
from page_scripts import run_script

SCRIPT = """
async function main({ coordinates, half, isWhole }) {
  const { Points } = await import("./map/points.js");
  const spec = { coordinates: new Float32Array(coordinates), dims: 2, half: 1, low: [-1, -1], high: [1, 1] };
  const unproject = (x, y) => [(x / 200 - 1) * half, (1 - y / 200) * half];
  const camera = { centre: [0, 0], half, scale: () => 200 / half, unproject };
  const view = { camera, width: 400, height: 400, ratio: 1, scale: 1 };
  const { order, runs, radius } = new Points(spec).seen(view, { shapes: 1 }, false, isWhole);
  const drawn = [];
  for (const [from, to] of runs) for (let k = from; k < to; k += 1) drawn.push(order ? order[k] : k);
  return { drawn, radius };
}
"""


@pytest.mark.parametrize(
    ("n", "half", "is_whole", "least", "most"),
    [(10_000, 1, False, 2500, 2500), (10_000, 1, True, 10_000, 10_000), (4000, 1, False, 4000, 4000)],
)
def test_part_of_very_many_points_is_drawn(tmp_path, n, half, is_whole, least, most):
    coordinates = np.random.default_rng(0).uniform(-1, 1, (n, 2)).ravel().tolist()
    found = run_script(tmp_path, SCRIPT, {"coordinates": coordinates, "half": half, "isWhole": is_whole})
    assert least <= len(found["drawn"]) <= most
    assert len(set(found["drawn"])) == len(found["drawn"])


def test_all_points_in_view_are_drawn_when_they_are_few(tmp_path):
    points = np.random.default_rng(0).uniform(-1, 1, (10_000, 2))
    found = run_script(tmp_path, SCRIPT, {"coordinates": points.ravel().tolist(), "half": 0.5, "isWhole": False})
    inside = np.flatnonzero((np.abs(points) <= 0.5).all(axis=1))
    assert set(inside) <= set(found["drawn"])
    assert found["radius"] > 2
