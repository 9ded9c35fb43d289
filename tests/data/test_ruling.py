"""Ruled lines: what is taken away, and that the quick look at a drawing's border loses none."""

import itertools

import numpy as np
import pytest

from aeviz.data import ruling

SIDE = 300


def _draw(corners: np.ndarray, width: float, depth: float) -> np.ndarray:
    """Draw a polygonal line through corners (N, 2), x and y, as absorbance on bare paper; (SIDE, SIDE), float32."""
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    paper = np.zeros((SIDE, SIDE), np.float32)
    for start, end in itertools.pairwise(corners):
        way = end - start
        share = np.clip(((columns - start[0]) * way[0] + (rows - start[1]) * way[1]) / (way @ way), 0, 1)
        distance = np.hypot(columns - start[0] - share * way[0], rows - start[1] - share * way[1])
        paper = np.maximum(paper, depth * np.clip(width / 2 + 0.5 - distance, 0, 1))
    return paper


@pytest.mark.parametrize("slope", [0, 20, -45])
def test_line_that_runs_through_a_drawing_is_taken_away(slope):
    line = _draw(np.array([[-5.0, 150 - slope], [SIDE + 5.0, 150 + slope]]), 2, 0.4)
    found, angles = ruling.find_lines(line, is_drawn=True)
    assert found is not None
    assert len(angles) == 1
    assert np.abs(line - found)[:, 20:-20].max() < 0.2


def test_stroke_that_ends_before_the_border_of_a_drawing_stays():
    stroke = _draw(np.array([[45.0, 150.0], [255.0, 150.0]]), 2, 0.4)
    assert ruling.find_lines(stroke, is_drawn=True) == (None, [])


@pytest.mark.parametrize("seed", range(6))
def test_look_at_the_border_changes_no_result(seed, monkeypatch):
    chance = np.random.default_rng(seed)
    margin = [0.0, 0.1, 0.2][seed % 3]
    drawing = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(3):
        corners = chance.uniform(margin, 1 - margin, (3, 2)) * SIDE
        drawing = np.maximum(drawing, _draw(corners, chance.uniform(1, 8), chance.uniform(0.1, 2)))
    quick, quick_angles = ruling.find_lines(drawing, is_drawn=True)
    monkeypatch.setattr(ruling, "_has_even_border", lambda absorbance: False)
    whole, whole_angles = ruling.find_lines(drawing, is_drawn=True)
    assert quick_angles == whole_angles
    assert (quick is None) == (whole is None)
    assert quick is None or np.array_equal(quick, whole)
