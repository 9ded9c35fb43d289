"""The grid of samples: which image lies under the pointer, and where arrow keys lead."""

from page_scripts import run_script

SCRIPT = """
async function main({ grid, places, steps }) {
  globalThis.document = undefined;
  const { imageAt, neighbourOf } = await import("./samples/samples.js");
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
