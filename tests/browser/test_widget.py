"""The widget in Chromium: its own script, mounted as anywidget does, with a small stand-in for anywidget's model."""

import json

import numpy as np
import pytest
from onnx_files import linear_pair
from playwright.sync_api import expect

import aeviz
from aeviz.data import load_dataset

PAGE = """<!doctype html><html><head><meta charset="utf-8"></head>
<body data-jp-theme-light="%s" style="background: %s; margin: 1rem"><div id="cell"></div></body></html>"""
MOUNT = """async (state) => {
  const heard = {};
  const model = {
    state, saved: 0,
    get: (name) => model.state[name],
    set: (name, value) => { model.state[name] = value; },
    save_changes: () => { model.saved += 1; },
    on: (event, act) => { (heard[event] ??= []).push(act); },
    off: (event, act) => { heard[event] = (heard[event] ?? []).filter((each) => each !== act); },
    // Python sets a trait
    receive: (name, value) => { model.state[name] = value; for (const act of heard["change:" + name] ?? []) act(); },
    listeners: () => Object.values(heard).flat().length,
  };
  window.model = model;
  const address = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const { default: widget } = await import(address);
  window.end = await widget.render({ model, el: document.getElementById("cell") });
}"""


@pytest.fixture
def mount(chromium):
    """A function that shows a widget in a page without a network, and returns the page."""
    contexts, problems = [], []

    def open_page(widget, *, dark=False, width=1100, height=760):
        context = chromium.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: request.url.startswith("blob:") or problems.append(request.url))
        page.set_content(PAGE % (("false", "#111") if dark else ("true", "#fff")))
        page.evaluate(
            MOUNT, json.loads(json.dumps(widget.get_state(["_esm", "_theme", "_content", "point", "selection"])))
        )
        page.locator("[data-idle]").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


def take(page, widget, name):
    """Hand what the page has set to Python, as anywidget does."""
    widget.set_state({name: page.evaluate(f"model.state.{name}")})


def place(page, x, y):
    box = page.locator(".stage .front").first.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_a_drag_moves_the_point_and_decodes_as_pytorch_does(mount):
    widget = aeviz.widget("digits-2d-adam")
    before = list(widget.point)
    page = mount(widget)
    page.mouse.move(*place(page, 0.3, 0.4))
    page.mouse.down()
    page.mouse.move(*place(page, 0.6, 0.55), steps=4)
    page.mouse.up()
    page.wait_for_function("model.saved > 0")
    take(page, widget, "point")
    assert not np.allclose(widget.point, before)
    compare(page, widget)

    widget.point = [2.0, 7.5]
    page.evaluate("value => model.receive('point', value)", widget.point)
    compare(page, widget)
    assert page.evaluate("model.saved") == 1  # what Python sets is not sent back

    slider = page.get_by_test_id("latent-sliders").get_by_role("slider").first
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function("model.saved > 1")
    take(page, widget, "point")
    assert widget.point[0] != 2.0
    assert widget.point[1] == pytest.approx(7.5, abs=1e-4)
    compare(page, widget)


def compare(page, widget):
    """The image in the page is that which Python decodes at the point."""
    page.locator(".explorer[data-idle]").wait_for()
    image = page.get_by_role("img", name="Image decoded by digits-2d-adam at this point")
    grey = image.evaluate(
        """canvas => { const { width, height } = canvas;
        const copy = Object.assign(document.createElement("canvas"), { width, height });
        const brush = copy.getContext("2d"); brush.drawImage(canvas, 0, 0);
        return [width, [...brush.getImageData(0, 0, width, height).data].filter((_, k) => k % 4 === 0)]; }"""
    )
    pixels = np.array(grey[1]).reshape(-1, grey[0])
    step = grey[0] // 8
    shown = pixels[step // 2 :: step, step // 2 :: step][:8, :8]
    assert np.abs(shown - widget.decoded[0] * 255).max() < 1


def test_the_lasso_selects_and_python_selects(mount):
    digits = load_dataset("digits", "test")
    images = digits.images[:]
    widget = aeviz.widget(z=images.reshape(len(images), -1), labels=digits.labels, images=images)
    page = mount(widget, dark=True)
    page.get_by_role("button", name="Box").click()
    page.mouse.move(*place(page, 0.1, 0.1))
    page.mouse.down()
    page.mouse.move(*place(page, 0.5, 0.9), steps=4)
    page.mouse.up()
    page.wait_for_function("model.state.selection.length > 0")
    take(page, widget, "selection")
    assert 0 < len(widget.selection) < len(images)
    expect(page.get_by_role("status")).to_have_text(f"{len(widget.selection)} of {len(images)} selected")

    widget.selection = [5, 7, 11]
    page.evaluate("value => model.receive('selection', value)", widget.selection.tolist())
    expect(page.get_by_role("status")).to_have_text(f"3 of {len(images)} selected")
    page.get_by_role("button", name="Clear selection").click()
    page.wait_for_function("model.state.selection.length === 0")

    host = page.locator("#cell > div")
    expect(host).to_have_attribute("data-theme", "dark")
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    expect(host).to_have_attribute("data-theme", "light")
    page.evaluate("end()")
    assert page.evaluate("model.listeners()") == 0
    expect(page.get_by_test_id("aeviz-widget")).to_have_count(0)


def test_two_widgets_of_a_run_move_each_for_itself(mount):
    first, second = aeviz.widget("digits-2d-adam", "digits-2d-amsgrad"), aeviz.widget("digits-2d-adam")
    page = mount(first)
    expect(page.get_by_role("img", name="Image decoded by digits-2d-amsgrad at this point")).to_be_visible()
    page.evaluate(
        "window.first = model; document.body.append(Object.assign(document.createElement('div'), { id: 'more' }))"
    )
    state = second.get_state(["_esm", "_theme", "_content", "point", "selection"])
    page.evaluate(MOUNT.replace('"cell"', '"more"'), json.loads(json.dumps(state)))
    page.locator("#more .explorer[data-idle]").wait_for()
    page.evaluate("first.receive('point', [1, 1])")
    points = page.locator(".explorer").evaluate_all("all => all.map((each) => each.dataset.point)")
    assert points[0] == "1.000 1.000"
    assert points[1] != points[0]


def test_an_imported_decoder_is_computed_by_the_runtime_in_the_widget(mount, tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    parts = [tmp_path / "encoder.onnx", tmp_path / "decoder.onnx"]
    for file, content in zip(parts, linear_pair(last="HardSigmoid")[:2], strict=True):
        file.write_bytes(content)
    aeviz.import_model("theirs", encoder=parts[0], decoder=parts[1], data="digits")
    page = mount(aeviz.widget("theirs"))
    expect(page.get_by_text("Decoded in your browser by ONNX Runtime")).to_be_visible()
