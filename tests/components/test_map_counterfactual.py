"""The nearest place of another class on the map, beside a search over all cells."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.web.components.map.payload import NO_LABEL

SCRIPT = """
async function main({ lattice, labels, points }) {
  const { nearestOther } = await import("./map/counterfactual.js");
  return points.map((point) => nearestOther(lattice, labels, point));
}
"""


@pytest.mark.parametrize("seed", range(3))
def test_nearest_place_of_another_class_is_that_of_a_search_over_all_cells(tmp_path, seed):
    random = np.random.default_rng(seed)
    columns, rows = 30, 20
    across, down = -3 + (np.arange(columns) + 0.5) / 5, 2 - (np.arange(rows) + 0.5) / 5
    centres = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    labels = np.argmin(np.linalg.norm(centres[:, None] - random.uniform(-2, 2, (5, 2)), axis=-1), axis=1)
    labels[:7] = NO_LABEL
    points = random.uniform([-3, -2], [3, 2], (40, 2))
    lattice = {"columns": columns, "rows": rows, "from": [-3, 2], "to": [3, -2]}
    told = {"lattice": lattice, "labels": labels.tolist(), "points": points.tolist()}
    for point, found in zip(points, run_script(tmp_path, SCRIPT, told), strict=True):
        own = labels[np.abs(centres - point).max(axis=1).argmin()]
        distances = np.linalg.norm(centres - point, axis=1)
        distances[(labels == own) | (labels == NO_LABEL)] = np.inf
        nearest = distances.argmin()
        assert (found["own"], found["other"]) == (own, labels[nearest])
        assert found["distance"] == pytest.approx(distances[nearest])
        np.testing.assert_allclose(found["target"], centres[nearest], atol=1e-12)


def test_no_way_where_one_class_or_nothing_is_in_view(tmp_path):
    lattice = {"columns": 2, "rows": 1, "from": [0, 1], "to": [2, 0]}
    told = {"lattice": lattice, "labels": [4, 4], "points": [[0.5, 0.5], [-1, 0.5], [0.5, 3]]}
    assert run_script(tmp_path, SCRIPT, told) == [None, None, None]
    assert run_script(tmp_path, SCRIPT, {**told, "labels": [4, NO_LABEL]})[0] is None
