"""A grid of images: which image lies under the pointer, and where arrow keys lead."""

import numpy as np
from page_scripts import run_script

SCRIPT = """
async function main({ grid, places, steps }) {
  const { imageAt, neighbourOf } = await import("./kit/image_grid.js");
  return [places.map(([x, y]) => imageAt(grid, x, y)), steps.map(([from, step]) => neighbourOf(grid, from, step))];
}
"""


def test_places_and_steps_stay_in_the_grid(tmp_path):
    """Five images in rows of three: the last place is empty."""
    places = [(0, 0), (0.5, 0.2), (0.4, 0.9), (0.9, 0.9), (1.0, 0.5), (-0.1, 0)]
    steps = [(0, (1, 0)), (2, (1, 0)), (3, (-1, 0)), (1, (0, 1)), (2, (0, 1)), (0, (0, -1))]
    found, led = run_script(tmp_path, SCRIPT, {"grid": {"count": 5, "columns": 3}, "places": places, "steps": steps})
    assert found == [0, 1, 4, -1, -1, -1]
    assert led == [1, 2, 3, 4, 2, 0]


def test_signed_difference_is_orange_where_brighter_and_blue_where_darker(tmp_path):
    script = """
    async function main([original, reconstruction]) {
      const { signedDifference } = await import("./pairs/difference.js");
      return [...signedDifference(original, reconstruction)];
    }
    """
    original, brighter = [0, 0, 0, 255], [255, 255, 255, 255]
    half = [51, 102, 0, 255]  # 0.2 on average over the colours
    pixels = [original + brighter + original + original, original + original + brighter + half]
    equal, darkest, brightest, some = np.reshape(run_script(tmp_path, script, pixels), (4, 4)).tolist()
    assert equal == [232, 232, 232, 255]
    assert darkest == [30, 100, 190, 255]
    assert brightest == [200, 80, 0, 255]
    np.testing.assert_allclose(some[:3], 232 + 0.2 * (np.array([200, 80, 0]) - 232), atol=1)
