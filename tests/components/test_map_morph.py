"""The second map laid over the first: the page's numbers beside SciPy's Procrustes."""

import numpy as np
import pytest
from page_scripts import run_script
from scipy.spatial import procrustes

from aeviz.analysis.alignment import align, find_translation

SCRIPT = """
async function main({ first, second, aligned, carry, labels, dims }) {
  const { classMeans, laidOver, mix, residuals } = await import("./map/residuals.js");
  const panel = (points, carry) => ({ dims, coordinates: Float32Array.from(points.flat()), carry });
  const header = { aligned, panels: [panel(first, null), panel(second, carry)] };
  const target = laidOver(header);
  if (!target) return null;
  const source = header.panels[0].coordinates;
  return {
    target: Array.from(target),
    ...residuals(source, target, dims),
    means: classMeans(target, labels, 3, dims),
    half: Array.from(mix(source.slice(), source, target, 0.5)),
  };
}
"""


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("aligned", [True, False])
def test_second_map_lies_where_procrustes_puts_it(tmp_path, dims, aligned):
    """Aligned by Python or by the page: the same points; SciPy's disparity is the rest of the variance."""
    random = np.random.default_rng(dims)
    first = random.normal(size=(200, dims)) * [4, 1, 2][:dims] + 3
    second = 0.3 * first @ np.linalg.qr(random.normal(size=(dims, dims)))[0] + random.normal(size=(200, dims)) / 5 - 7
    labels = random.integers(0, 2, 200)  # the third class has no image
    expected = align(second, first).apply(second)
    found = find_translation(second, first)
    carry = None if aligned else {"matrix": found.matrix.T.tolist(), "shift": found.shift.tolist()}
    told = {"first": first.tolist(), "second": (expected if aligned else second).tolist(), "labels": labels.tolist()}
    result = run_script(tmp_path, SCRIPT, {**told, "aligned": aligned, "carry": carry, "dims": dims})
    target = np.reshape(result["target"], (-1, dims))
    np.testing.assert_allclose(target, expected, rtol=1e-4, atol=1e-4)
    assert result["explained"] == pytest.approx(1 - procrustes(first, second)[2], abs=1e-5)
    assert result["distance"] == pytest.approx(np.linalg.norm(first - expected, axis=1).mean(), rel=1e-5)
    for label, mean in enumerate(result["means"][:2]):
        np.testing.assert_allclose(mean, expected[labels == label].mean(axis=0), rtol=1e-4)
    assert result["means"][2] is None
    np.testing.assert_allclose(np.reshape(result["half"], (-1, dims)), (first + expected) / 2, atol=1e-4)


def test_maps_without_common_coordinates_are_not_laid_over(tmp_path):
    told = {"first": [[0, 0]], "second": [[1, 1]], "labels": [0], "dims": 2}
    assert run_script(tmp_path, SCRIPT, {**told, "aligned": False, "carry": None}) is None
