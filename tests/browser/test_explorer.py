"""The decoded plane in a real browser: gestures without a rerun, every way to decode, and what goes wrong."""

import re
from pathlib import Path

import numpy as np
import pytest
from explorer_page import address, drag, engine_words, frames, front, pad, pixels, place, point, reruns, settle, until
from playwright.sync_api import expect

import aeviz

RUNTIME = Path(aeviz.__file__).parent / "web/components/vendor/onnxruntime-web/ort-wasm-simd-threaded.wasm"
needs_runtime = pytest.mark.skipif(
    not RUNTIME.is_file(), reason="ONNX Runtime for the page is not here: make app gets it"
)
BAD = {"cut-inside": "cannot use its copy", "too-large": "far more than this model's weights|too large"}
"""Networks that the runtime and the page refuse; tests/export/test_network_in_page.py knows more kinds."""


@needs_runtime
def test_page_asks_for_nothing_by_itself(decode):
    """Of two events at once the later has the old address: a question would undo what the visitor just did."""
    page = decode()
    page.wait_for_timeout(500)
    assert reruns(page) == 1  # that which opened the page


def test_drag_draws_many_frames_without_a_rerun_and_a_reload_shows_the_same(decode):
    page = decode()
    before, asked, image = frames(page), reruns(page), pixels(page)
    drag(page, release=False)
    assert frames(page) >= before + 15
    assert reruns(page) == asked
    page.mouse.move(*place(page, 0.8, 0.2))
    page.mouse.up()
    until(page, lambda: reruns(page) > asked)
    page.wait_for_timeout(1500)
    assert reruns(page) == asked + 1
    assert np.abs(pixels(page) - image).max() > 10
    expect(page).to_have_url(re.compile(r"flat\.at=z1_"))
    there, image = point(page), pixels(page)
    named = dict(part.split("_") for part in address(page, "flat.at").split("~"))
    np.testing.assert_allclose([float(named["z1"]), float(named["z2"])], there, atol=0.01)
    page.reload()
    expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"), timeout=60_000)
    np.testing.assert_allclose(point(page), there, atol=0.01)
    assert np.abs(pixels(page) - image).max() <= 3


def pad_answers_to_the_keyboard_and_loses_no_press(page):
    canvas = pad(page).locator(".front")
    canvas.focus()
    start = point(page)
    page.keyboard.press("ArrowRight")
    step = point(page)[0] - start[0]
    assert step > 0
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    np.testing.assert_allclose(point(page) - start, [13 * step, 0], atol=0.02)  # 13 roundings
    page.keyboard.press("ArrowUp")
    assert point(page)[1] > start[1]
    mesh = int(pad(page).get_attribute("data-mesh"))
    page.keyboard.press("+")
    until(page, lambda: int(pad(page).get_attribute("data-mesh")) > mesh)
    expect(page).to_have_url(re.compile(r"flat\.at="))
    settle(page)
    assert abs(point(page)[0] - start[0] - 13 * step) < 0.02  # the answer did not move it back
    assert canvas.evaluate("node => node.getRootNode().activeElement === node")


def slider_loses_no_press_is_reset_by_a_double_click_and_can_be_locked(page):
    rest = point(page)
    slider = page.get_by_test_id("latent-sliders").get_by_role("slider").first
    value, step = slider.evaluate("node => [node.valueAsNumber, Number(node.step)]")
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    assert slider.evaluate("node => node.valueAsNumber") == pytest.approx(value + 12 * step, rel=1e-4)
    expect(page).to_have_url(re.compile(r"flat\.at=z1_"))
    settle(page)
    moved = point(page)
    assert moved[0] == pytest.approx(value + 12 * step, abs=0.01)
    assert moved[1] == pytest.approx(rest[1], abs=0.01)
    slider.dblclick()
    until(page, lambda: abs(point(page)[0] - rest[0]) < 0.01)
    expect(page).not_to_have_url(re.compile(r"flat\.at="))
    settle(page)
    sliders = page.get_by_test_id("latent-sliders")
    before = point(page)
    sliders.get_by_role("button", name="Lock z1").click()
    expect(sliders.get_by_role("button", name="Unlock z1")).to_have_attribute("aria-pressed", "true")
    sliders.get_by_role("button", name="Randomise").click()
    after = point(page)
    assert after[0] == pytest.approx(before[0], abs=0.002)
    assert after[1] != before[1]
    sliders.get_by_role("button", name="Unlock z1").click()
    sliders.get_by_role("button", name="All to median").click()
    np.testing.assert_allclose(point(page), before, atol=0.002)


def undo_and_redo_move_the_point_in_the_page(page):
    start, image = point(page), pixels(page)
    drag(page)
    expect(page).to_have_url(re.compile(r"flat\.at="))
    there = point(page)
    page.get_by_role("button", name="Undo").click()
    until(page, lambda: np.abs(point(page) - start).max() < 0.01)
    expect(page).not_to_have_url(re.compile(r"flat\.at="))
    until(page, lambda: np.abs(pixels(page) - image).max() <= 3)
    page.get_by_role("button", name="Redo").click()
    until(page, lambda: np.abs(point(page) - there).max() < 0.01)
    page.get_by_role("button", name="Random point").click()
    until(page, lambda: np.abs(point(page) - there).max() > 0.01)


def wheel_zooms_where_the_pad_has_the_focus_and_decodes_anew(page):
    mesh = int(pad(page).get_attribute("data-mesh"))
    page.mouse.move(*place(page, 0.5, 0.5))
    page.mouse.wheel(0, -1)
    page.wait_for_timeout(500)
    assert int(pad(page).get_attribute("data-mesh")) == mesh  # the page scrolls past an untouched pad
    page.mouse.click(*place(page, 0.5, 0.5))
    page.mouse.move(*place(page, 0.5, 0.5))
    page.mouse.wheel(0, -300)
    until(page, lambda: int(pad(page).get_attribute("data-mesh")) > mesh)
    there = point(page)
    pad(page).get_by_role("button", name="Zoom out").click()
    pad(page).get_by_role("button", name="Reset the view").click()
    until(page, lambda: int(pad(page).get_attribute("data-mesh")) > mesh + 1)
    np.testing.assert_allclose(point(page), there)


def path_between_waypoints_is_moved_along_played_and_found_again(page):
    path = page.get_by_test_id("latent-path")
    slider = path.get_by_label("Position on the path")
    expect(slider).to_be_hidden()
    start = point(page)
    path.get_by_role("button", name="Add waypoint").click()
    drag(page, steps=5, release=False)
    page.mouse.move(*place(page, 0.8, 0.2))
    page.mouse.up()
    end = point(page)
    path.get_by_role("button", name="Add waypoint").click()
    expect(path).to_have_attribute("data-waypoints", "2")
    slider.fill("0.5")
    np.testing.assert_allclose(point(page), (start + end) / 2, atol=0.01)
    expect(page).to_have_url(re.compile("stops="))
    before = frames(page)
    path.get_by_role("button", name="Play").click()
    until(page, lambda: frames(page) > before + 10)
    path.get_by_role("button", name="Pause").click()
    there = point(page)
    expect(page.locator("[data-testid=latent-explorer][data-idle]")).to_be_visible()
    np.testing.assert_allclose(point(page), there)
    settle(page)
    page.reload()
    expect(path).to_have_attribute("data-waypoints", "2", timeout=60_000)
    path.get_by_role("button", name="Go to waypoint 1").click()
    until(page, lambda: np.abs(point(page) - start).max() < 0.01)
    path.get_by_role("button", name="Remove waypoint 1").click()
    expect(path).to_have_attribute("data-waypoints", "1")
    expect(page).to_have_url(re.compile("stops="))
    path.get_by_role("button", name="Remove all").click()
    expect(page).not_to_have_url(re.compile("stops="))


def test_gestures_on_one_page(decode, subtests):
    """Each gesture begins where the point rests and the view is whole, on a page that is loaded once."""
    page = decode()
    for gesture in (
        wheel_zooms_where_the_pad_has_the_focus_and_decodes_anew,
        undo_and_redo_move_the_point_in_the_page,
        slider_loses_no_press_is_reset_by_a_double_click_and_can_be_locked,
        pad_answers_to_the_keyboard_and_loses_no_press,
        path_between_waypoints_is_moved_along_played_and_found_again,
    ):
        with subtests.test(gesture.__name__):
            gesture(page)
        page.get_by_role("button", name="Reset", exact=True).click()
        pad(page).get_by_role("button", name="Reset the view").click()
        expect(page).not_to_have_url(re.compile(r"flat\.at="))
        settle(page)


def test_second_model_decodes_the_same_gesture(decode):
    page = decode("model=flat&with.flat=twin")
    expect(page.locator(".view figcaption")).to_have_text(["flat · Adam", "twin · AMSGrad"])
    expect(engine_words(page, 1)).to_contain_text("Procrustes")
    before, asked = [frames(page, model) for model in (0, 1)], reruns(page)
    drag(page, release=False)
    for model in (0, 1):
        assert frames(page, model) >= before[model] + 10
    assert reruns(page) == asked
    page.mouse.up()


def test_copy_of_a_model_stands_beside_it(decode):
    page = decode("model=flat&with.flat=flat-again")
    drag(page, steps=5)
    until(page, lambda: np.abs(pixels(page, 0) - pixels(page, 1)).max() <= 2)


def test_finger_drags_on_a_phone_and_two_fingers_zoom(decode):
    page = decode(width=390, height=844, touch=True)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        places = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    x, y, width, height = front(page)
    start, before, asked = point(page), frames(page), reruns(page)
    scrolled = main.evaluate("node => node.scrollTop")
    touch("touchStart", (x + 0.5 * width, y + 0.5 * height))
    for step in range(20):
        touch("touchMove", (x + (0.5 + 0.015 * step) * width, y + (0.5 + 0.01 * step) * height))
    assert reruns(page) == asked
    until(page, lambda: frames(page) >= before + 5)
    touch("touchEnd")
    expect(page).to_have_url(re.compile(r"flat\.at="))
    assert np.abs(point(page) - start).max() > 0.01
    assert main.evaluate("node => node.scrollTop") == scrolled
    settle(page)
    there, mesh = point(page), int(pad(page).get_attribute("data-mesh"))
    left, right = (x + 0.4 * width, y + 0.5 * height), (x + 0.6 * width, y + 0.5 * height)
    touch("touchStart", left)
    touch("touchStart", left, right)
    for step in range(8):
        touch("touchMove", (left[0] - 8 * step, left[1]), (right[0] + 8 * step, right[1]))
    touch("touchEnd")
    until(page, lambda: int(pad(page).get_attribute("data-mesh")) > mesh)
    np.testing.assert_allclose(point(page), there)  # a pinch does not move it


@pytest.mark.parametrize("model", ["flat", "deep"])
def test_server_decodes_under_the_same_controls_and_nothing_is_lost(decode, model):
    page = decode(f"model={model}&engine=server")
    expect(engine_words(page)).to_contain_text("by the server")
    before = frames(page)
    drag(page, steps=20, release=False)
    until(page, lambda: frames(page) >= before + 3)  # while the button is still held
    page.mouse.move(*place(page, 0.7, 0.3))
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"{model}\.at="))
    settle(page)
    slider = page.get_by_test_id("latent-sliders").get_by_role("slider").first
    value, step = slider.evaluate("node => [node.valueAsNumber, Number(node.step)]")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    assert slider.evaluate("node => node.valueAsNumber") == pytest.approx(value - 6 * step, rel=1e-3, abs=1e-3)
    settle(page)
    image = pixels(page)
    assert image.std() > 5
    page.reload()
    expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"), timeout=60_000)
    until(page, lambda: np.abs(pixels(page) - image).max() <= 3)
    drag(page, steps=5, release=False)
    page.mouse.up()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("aeviz")
    page.wait_for_timeout(1000)  # what was asked for is answered, or thrown away, without a word in the console


@needs_runtime
def test_server_and_runtime_draw_the_same(decode):
    at = "deep.at=z1_1~z2_-0.5"
    page, served = decode(f"model=deep&{at}"), decode(f"model=deep&{at}&engine=server")
    expect(engine_words(page)).to_contain_text("in your browser by ONNX Runtime")
    assert np.abs(pixels(page) - pixels(served)).max() <= 1


def test_browser_without_webassembly_decodes_all_the_same(decode):
    page = decode("model=flat", prepare=lambda page: page.add_init_script("delete globalThis.WebAssembly"))
    expect(engine_words(page)).to_contain_text("by the server")
    expect(engine_words(page)).to_contain_text("no WebAssembly")
    before = frames(page)
    drag(page, release=False)
    until(page, lambda: frames(page) >= before + 3)
    page.mouse.up()
    assert pixels(page).std() > 5


@pytest.mark.parametrize(
    "missing",
    ["ort-wasm-simd-threaded.wasm.gz", "ort.wasm.bundle.min.mjs"],
)
def test_missing_runtime_is_said_and_done_without(decode, missing):
    page = decode(
        "model=deep", prepare=lambda page: page.route(f"**/{missing}*", lambda route: route.abort()), may_fail=True
    )
    expect(engine_words(page)).to_contain_text("by the server")
    expect(engine_words(page)).to_contain_text("could not be loaded")
    assert pixels(page).std() > 5


@pytest.mark.parametrize("name", ["cut-inside", "too-large"])
def test_bad_network_is_said_and_the_server_decodes(decode, name):
    page = decode(f"model={name}")
    expect(engine_words(page)).to_contain_text("by the server")
    assert re.search(BAD[name], engine_words(page).inner_text()), engine_words(page).inner_text()
    assert pixels(page).std() > 5
    before, image = frames(page), pixels(page)
    drag(page, steps=10, release=False)
    until(page, lambda: frames(page) > before)
    page.mouse.move(*place(page, 0.85, 0.15))
    page.mouse.up()
    until(page, lambda: np.abs(pixels(page) - image).max() > 10)
