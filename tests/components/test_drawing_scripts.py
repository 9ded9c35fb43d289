"""What the scripts draw on canvases and write beside them, in Node: labels that keep apart, and notes that hold."""

import pytest
from page_scripts import run_script

BRUSH = """
const drawn = { texts: [], lines: [] };
let at = [];
const parts = {
  measureText: (text) => ({ width: 7 * text.length }),
  fillText: (text, x, y) => drawn.texts.push({ text, x, y }),
  moveTo: (x, y) => (at = [x, y]),
  lineTo: (x, y) => drawn.lines.push([...at, x, y]),
};
const brush = new Proxy(parts, {
  get: (target, name) => target[name] ?? (() => undefined),
  set: () => true,
});
const canvas = { getContext: () => brush };
const style = { font: "12px sans-serif", text: "#000", background: "#fff", scale: 1 };
"""

AXES = (
    BRUSH
    + """
async function main({ axes, halves, width }) {
  const { Camera } = await import("./kit/camera.js");
  const { drawAxes } = await import("./kit/painter.js");
  return halves.map((half) => {
    const camera = Object.assign(new Camera(2), { half });
    drawn.texts = [];
    drawAxes({ back: canvas, ratio: 1, width, height: 300, camera, spec: { dims: 2, axes } }, style);
    return drawn.texts;
  });
}
"""
)


@pytest.mark.parametrize("name", ["z1", "PC1 aligned", "PC1 aligned to digits-2d-adam"])
@pytest.mark.parametrize("width", [260, 700])
def test_no_tick_touches_the_title_of_an_axis(tmp_path, name, width):
    for texts in run_script(tmp_path, AXES, {"axes": [name, "z2"], "halves": [0.003, 1.0, 22.0], "width": width}):
        title = next(text for text in texts if text["text"] == name)
        ticks = [text for text in texts if text["y"] == title["y"] and text is not title]
        begin = width - 8 - 7 * len(name)  # it ends at the right
        assert all(tick["x"] + 7 * len(tick["text"]) / 2 < begin for tick in ticks)
        top = next(text for text in texts if text["text"] == "z2")
        assert all(text["y"] > top["y"] + 12 for text in texts if text["x"] == top["x"] and text is not top)


CHART = (
    BRUSH
    + """
async function main(cursor) {
  const { Chart } = await import("./kit/chart.js");
  const chart = Object.assign(Object.create(Chart.prototype), {
    unit: "epoch", width: 400, height: 200, ratio: 1, back: canvas, front: canvas, tip: {}, axis: null, label: null,
  });
  const epochs = Int32Array.from({ length: 11 }, (_, k) => k);
  const raw = Float32Array.from(epochs, (k) => 1 + (k - 5) ** 2);
  const series = { name: "validation", colour: "#000", raw, smooth: null };
  chart.set({
    epochs, from: 0, to: 10, left: { series: [series], log: false, fromZero: true },
    best: { epoch: 5, value: 1, colour: "#000" },
  });
  chart.drawBack(style);
  drawn.lines.length = 0;
  chart.drawFront(style, { cursor, veiled: false, hovered: null, pointed: false });
  const label = drawn.texts.find(({ text }) => text.startsWith("best"));
  return { label, lines: drawn.lines.filter(([x1, , x2]) => x1 === x2), x: chart.x(cursor) };
}
"""
)


@pytest.mark.parametrize(("cursor", "parts"), [(5, 2), (5.5, 2), (0, 1), (9, 1)])
def test_cursor_leaves_out_the_label_of_the_best_epoch(tmp_path, cursor, parts):
    found = run_script(tmp_path, CHART, cursor)
    baseline = found["label"]["y"]
    lines = [(top, bottom) for x, top, _, bottom in found["lines"] if x == found["x"]]
    assert len(lines) == parts
    if parts > 1:
        assert not any(top < baseline and bottom > baseline - 9 for top, bottom in lines)


NOTE = """
async function main(steps) {
  globalThis.requestAnimationFrame = (act) => (act(), 0);
  globalThis.document = { createElement: () => ({ getContext: () => null }) };
  const { Pad } = await import("./explorer/pad.js");
  const ignore = () => undefined;
  const pad = Object.assign(Object.create(Pad.prototype), {
    note: { hidden: true }, key: {}, isCrossed: false, host: { backdrop: "images" }, nameAxes: ignore, drawBack: ignore,
    placeRing: ignore,
  });
  return steps.map(([backdrop, isCrossed]) => {
    pad.host.backdrop = backdrop;
    pad.isCrossed = isCrossed;
    pad.redraw();
    return !pad.note.hidden;
  });
}
"""


def test_crosses_are_explained_while_there_are_any(tmp_path):
    steps = [("images", False), ("images", True), ("points", True), ("both", True), ("both", False)]
    assert run_script(tmp_path, NOTE, steps) == [False, True, False, True, False]


TIP = """
async function main(places) {
  const { Panel } = await import("./map/panel.js");
  const { drawTip } = await import("./map/tip.js");
  const panel = Object.assign(Object.create(Panel.prototype), {
    width: 300, height: 200, tip: { style: {}, offsetWidth: 90, offsetHeight: 40 },
    map: { hovered: 0, header: { labels: [65535], classes: [] }, layers: { tip: () => undefined } },
    spec: { dims: 2, coordinates: [1, 2], errors: [3], axes: ["z1", "z2"] },
  });
  return places.map((place) => {
    panel.where = () => place;
    drawTip(panel);
    return !panel.tip.hidden;
  });
}
"""


def test_tip_goes_with_its_point(tmp_path):
    places = [(150, 100), (150, -2), (150, 201), (-2, 100), (301, 100), (0, 0)]
    assert run_script(tmp_path, TIP, places) == [True, False, False, False, False, True]
