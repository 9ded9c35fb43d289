"""Names of classes on a map, in Node: none covers another, all stay inside, and each is as near as it can be."""

import itertools

import numpy as np
import pytest
from page_scripts import run_script

PLACE = """
async function main({ names, panel }) {
  const { placeNames, lineEnd, NAME_HEIGHT } = await import("./kit/names.js");
  const before = JSON.stringify(names);
  const places = placeNames(names, panel);
  const again = placeNames(names, panel);
  const ends = places.map((place, k) => place && lineEnd(names[k], place));
  return { places, again, ends, height: NAME_HEIGHT, isKept: before === JSON.stringify(names) };
}
"""

DRAW = """
async function main({ centres, hidden }) {
  const { drawNames } = await import("./kit/painter.js");
  const written = [], lines = [];
  const brush = {
    setTransform() {}, beginPath() {}, stroke() {}, fill() {}, arc() {}, strokeText() {},
    measureText: (text) => ({ width: 9 * text.length }),
    moveTo: (x, y) => lines.push([x, y]), lineTo() {},
    fillText(text, x, y) { written.push([text, x, y, this.font]); },
  };
  const panel = {
    front: { getContext: () => brush }, ratio: 1, width: 300, height: 200,
    spec: { names: centres }, camera: { locate: ([x, y]) => [x, y] },
  };
  const style = { text: "#111", background: "#fff", font: "13px sans-serif", scale: 1 };
  drawNames(panel, centres.map((_, k) => ({ name: `class ${k}` })), new Set(hidden), style);
  return { written, lines };
}
"""

PANEL = {"width": 320, "height": 320}


def name(x, y, width=9):
    return {"x": x, "y": y, "width": width}


def place(tmp_path, names, panel=PANEL):
    found = run_script(tmp_path, PLACE, {"names": names, "panel": panel})
    assert found["again"] == found["places"]
    assert found["isKept"]
    return found


def check(found, names, panel=PANEL):
    """No two names share a pixel, and none leaves the panel: by their corners."""
    boxes = [
        (at["x"] - wanted["width"] / 2, at["y"] - found["height"] / 2, at["x"] + wanted["width"] / 2,
         at["y"] + found["height"] / 2)
        for at, wanted in zip(found["places"], names, strict=True) if at
    ]  # fmt: skip
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= panel["width"]
        assert 0 <= top < bottom <= panel["height"]
    for one, other in itertools.combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def test_names_with_room_stay_where_they_are(tmp_path):
    names = [name(50, 60), name(100, 60), name(100, 120)]
    found = place(tmp_path, names)
    assert found["places"] == [{"x": each["x"], "y": each["y"], "isMoved": False} for each in names]


@pytest.mark.parametrize("width", [9, 60])
@pytest.mark.parametrize("spread", [0, 1, 15])
@pytest.mark.parametrize("middle", [(160, 160), (4, 4), (316, 160)])
def test_ten_names_near_one_point_are_told_apart(tmp_path, width, spread, middle):
    rng = np.random.default_rng(3)
    points = np.clip(np.array(middle) + rng.normal(size=(10, 2)) * spread, 0, 320)
    names = [name(*map(float, point), width) for point in points]
    found = place(tmp_path, names)
    check(found, names)
    distances = [
        np.hypot(at["x"] - own["x"], at["y"] - own["y"]) for at, own in zip(found["places"], names, strict=True)
    ]
    assert max(distances) < 200
    for at, end, own, distance in zip(found["places"], found["ends"], names, distances, strict=True):
        assert at["isMoved"] == (distance > 14)
        if at["isMoved"]:  # the line ends at the name's box
            assert abs(end[0] - at["x"]) <= own["width"] / 2 + 1e-9
            assert abs(end[1] - at["y"]) <= found["height"] / 2 + 1e-9


def test_two_names_give_way_evenly_and_no_farther_than_they_must(tmp_path):
    names = [name(100, 100, 30), name(110, 100, 30)]
    first, second = place(tmp_path, names)["places"]
    assert first["x"] + second["x"] == pytest.approx(210)
    assert {first["x"] == 100, first["y"] == 100} == {True, False}  # along one axis alone
    check({"places": [first, second], "height": 18}, names)


def test_names_of_points_outside_and_hidden_names_are_left_out(tmp_path):
    names = [name(-5, 50), None, name(40, 900), name(0, 0)]
    found = place(tmp_path, names)
    assert [at is None for at in found["places"]] == [True, True, True, False]
    check(found, names)


def test_more_names_than_fit_are_no_endless_loop(tmp_path):
    panel = {"width": 60, "height": 40}
    found = place(tmp_path, [name(30, 20, 50)] * 20, panel)
    assert all(0 <= at["x"] <= 60 and 0 <= at["y"] <= 40 for at in found["places"])


def test_names_are_written_apart_with_lines_to_their_points(tmp_path):
    centres = [[150, 100], [150, 100], [151, 101], [149, 99], None, [60, 40]]
    found = run_script(tmp_path, DRAW, {"centres": centres, "hidden": [3]})
    assert [text for text, *_ in found["written"]] == ["class 0", "class 1", "class 2", "class 5"]
    assert all(font == "700 16px sans-serif" for *_, font in found["written"])
    assert len({(x, y) for _, x, y, _ in found["written"]}) == 4
    assert {tuple(start) for start in found["lines"]} <= {(150, 100), (151, 101)}
    assert found["lines"]


def test_others_give_way_to_a_name_that_stays(tmp_path):
    still = {"x": 100, "y": 100, "width": 20, "isStill": True}
    names = [{"x": 103, "y": 101, "width": 40}, still, {"x": 96, "y": 90, "width": 30}]
    places = run_script(tmp_path, PLACE, {"names": names, "panel": PANEL})["places"]
    assert places[1] == {"x": 100, "y": 100, "isMoved": False}
    for one, other in itertools.combinations(range(3), 2):
        across = abs(places[one]["x"] - places[other]["x"]) - (names[one]["width"] + names[other]["width"]) / 2
        assert across >= 0 or abs(places[one]["y"] - places[other]["y"]) >= 20
