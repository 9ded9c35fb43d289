"""The start that a click on the plot of a surface sets: surface.js in Node, and what Python takes from a browser."""

import math

import pytest
from page_scripts import run_script

from aeviz.web.components.surface.component import read_start

SCRIPT = """
async function main() {
  const { pointAt } = await import("./surface/surface.js");
  const data = { plot: "", low: [-4, -2], high: [4, 3], start: [0, 0] };
  const area = { left: 100, top: 50, width: 400, height: 250 };
  return [[100, 50], [500, 300], [300, 175], [0, 1000]].map(([x, y]) => pointAt(data, area, x, y));
}
"""


def test_place_on_the_plot_is_a_point_of_the_window(tmp_path):
    assert run_script(tmp_path, SCRIPT) == [[-4, 3], [4, -2], [0, 0.5], [-4, -2]]


@pytest.mark.parametrize(
    ("sent", "start"),
    [
        ([1, -0.5], (1.0, -0.5)),
        ([9, -9], (4.0, -2.0)),
        ([math.nan, 0], None),
        ([1], None),
        (["1", 2], None),
        ([True, 0], None),
        (None, None),
    ],
)
def test_start_from_a_browser_lies_in_the_window_or_is_none(sent, start):
    assert read_start({"start": sent}, (-4.0, -2.0), (4.0, 3.0)) == start
    assert read_start(sent, (-4.0, -2.0), (4.0, 3.0)) is None
