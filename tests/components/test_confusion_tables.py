"""Confusion tables: what a cell says, how strongly it is shaded, and which messages choose one."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.web.components.confusion.component import read_cell

TABLES = [np.array([[3, 1], [0, 4]]), np.array([[4, 0], [2, 2]])]


def test_percent_is_never_rounded_to_none_or_all(tmp_path):
    script = """
    async function main(cells) {
      const { percent, shade } = await import("./confusion/confusion.js");
      return cells.map(([count, total]) => [percent(count, total), shade(count, total)]);
    }
    """
    found = run_script(tmp_path, script, [[0, 0], [0, 9], [1, 1000], [999, 1000], [9, 9], [1, 4]])
    assert [text for text, _ in found] == ["", "", "<1", ">99", "100", "25"]
    shades = [shade for _, shade in found]
    assert shades[:2] == [0, 0]
    assert shades[5] == pytest.approx(shades[4] / 2)  # the root of the share


@pytest.mark.parametrize(
    ("message", "cell"),
    [
        ([0, 0, 1], (0, 0, 1)),
        ([1, 1, 0], (1, 1, 0)),
        ([0, 1, 0], None),  # no image
        ([2, 0, 0], None),
        ([0, -1, 0], None),
        ([0, 0, 2], None),
        ([0, 0], None),
        ([0, True, 0], None),
        ([0, 0.0, 1], None),
        ("001", None),
        (None, None),
    ],
)
def test_only_cells_with_images_can_be_chosen(message, cell):
    assert read_cell(message, TABLES) == cell
