"""A drawing in a copied link, in Node: strokes become text and come back."""

import pytest
from page_scripts import run_script

SCRIPT = """
async function main({ strokes, texts }) {
  const { strokesFromText, strokesToText } = await import("./drawing/link_text.js");
  const text = strokesToText(strokes);
  return { text, back: strokesFromText(text), refused: texts.map((each) => strokesFromText(each).length) };
}
"""
LINE = {"erase": False, "points": [{"x": x, "y": 0.5 * x + 20, "width": 22} for x in range(40, 241, 2)]}
DOT = {"erase": True, "points": [{"x": 280, "y": 0, "width": 50}]}


def test_strokes_come_back_from_a_link_within_half_a_step_of_its_grid(tmp_path):
    found = run_script(tmp_path, SCRIPT, {"strokes": [LINE, DOT], "texts": []})
    line, dot = found["back"]
    assert len(found["text"]) < 60
    assert (line["erase"], dot["erase"], line["points"][0]["width"], dot["points"][0]["width"]) == (False, True, 22, 50)
    step = 280 / 63
    for point in line["points"]:
        near = min(
            LINE["points"], key=lambda other, at=point: (other["x"] - at["x"]) ** 2 + (other["y"] - at["y"]) ** 2
        )
        assert abs(near["x"] - point["x"]) <= step / 2 + 1
        assert abs(near["y"] - point["y"]) <= step / 2 + 1
    ends = [line["points"][k][axis] for k in (0, -1) for axis in "xy"]
    assert ends == pytest.approx([40, 40, 240, 140], abs=step / 2 + 1e-9)
    assert len(dot["points"]) == 1


def test_a_text_that_is_no_drawing_draws_nothing(tmp_path):
    texts = ["", "W", "WAB.", "W<script>", "WABC", "W" + "AB" * 2000, "%", "~", "W A B"]
    found = run_script(tmp_path, SCRIPT, {"strokes": [LINE] * 40, "texts": texts})
    assert found["text"] == ""  # too long for a link
    assert found["refused"] == [0] * len(texts)
