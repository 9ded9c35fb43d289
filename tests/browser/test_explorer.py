"""The decoded plane in a real browser: gestures without a rerun, every way to decode, and what goes wrong."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg

import aeviz

RUNTIME = Path(aeviz.__file__).parent / "web/components/vendor/onnxruntime-web/ort-wasm-simd-threaded.wasm"
needs_runtime = pytest.mark.skipif(
    not RUNTIME.is_file(), reason="ONNX Runtime for the page is not here: make app gets it"
)
BAD = {"cut-inside": "cannot use its copy", "too-large": "far more than this model's weights|too large"}
"""Networks that the runtime and the page refuse; tests/export/test_network_in_page.py knows more kinds."""


@pytest.fixture
def decode(visit):
    """A function that opens the decoded plane and waits for the explorer; it checks that the console stays empty."""
    errors = []

    def note(entry):
        of_streamlit = "/_stcore/" in entry.location.get("url", "")  # it looks for itself at the page's address first
        if entry.type == "error" and not of_streamlit:
            errors.append(f"{entry.text} ({entry.location})")

    def open_decode(query="model=flat", *, prepare=None, far=True, may_fail=False, **options):
        def begin(page):
            page.sent = []
            page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append(frame)))
            if not may_fail:
                page.on("console", note)
            if prepare:
                prepare(page)

        alone = "" if "with." in query else f"&with.{parse_qs(query)['model'][0]}=nothing"
        page = visit(f"/explore?show=decoded+plane&{query}{alone}", prepare=begin, **options)
        expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"), timeout=60_000)
        if far:
            expect(pad(page)).to_have_attribute("data-far", re.compile(r"\d+"), timeout=60_000)
        settle(page)
        return page

    yield open_decode
    assert not errors, errors


def pad(page):
    return page.get_by_test_id("latent-pad")


def settle(page):
    """Wait until the server is idle and has been for a moment."""
    wait_until_idle(page)
    page.wait_for_timeout(400)
    wait_until_idle(page)


def reruns(page):
    """How often the page has asked the server to run something."""
    messages = [BackMsg.FromString(frame) for frame in page.sent if isinstance(frame, bytes)]
    return sum(message.WhichOneof("type") == "rerun_script" for message in messages)


@needs_runtime
def test_page_asks_for_nothing_by_itself(decode):
    """Of two events at once the later has the old address: a question would undo what the visitor just did."""
    page = decode()
    page.wait_for_timeout(500)
    assert reruns(page) == 1  # that which opened the page


def frames(page, model=0):
    return int(page.locator(".view").nth(model).get_attribute("data-frames"))


def engine_words(page, model=0):
    return page.locator(".view .hint").nth(model)


def point(page):
    """The latent point in the page, its first four coordinates."""
    text = page.get_by_test_id("latent-explorer").get_attribute("data-point")
    return np.array([float(value) for value in text.split()])


def pixels(page, model=0):
    read = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"
    return np.array(page.locator(".view canvas").nth(model).evaluate(read)).reshape(-1, 4)[:, :3]


def front(page):
    canvas = pad(page).locator("canvas.front")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    return box["x"], box["y"], box["width"], box["height"]


def place(page, across, down):
    x, y, width, height = front(page)
    return x + across * width, y + down * height


def drag(page, steps=40, release=True):
    """Drag the point around the middle of the pad."""
    x, y, width, height = front(page)
    page.mouse.move(x + 0.3 * width, y + 0.5 * height)
    page.mouse.down()
    for angle in np.linspace(0, 2 * np.pi, steps):
        page.mouse.move(x + (0.5 - 0.2 * np.cos(angle)) * width, y + (0.5 - 0.2 * np.sin(angle)) * height)
    if release:
        page.mouse.up()


def until(page, holds, seconds=30):
    """Wait until something holds."""
    for _ in range(int(seconds * 10)):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about")


def address(page, name):
    return parse_qs(urlsplit(page.evaluate("location.href")).query).get(name, [""])[0]


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
    canvas = pad(page).locator("canvas.front")
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


def test_two_visitors_do_not_share_a_point(decode):
    one, other = decode(), decode()
    start, image = point(other), pixels(other)
    drag(one)
    expect(one).to_have_url(re.compile(r"flat\.at="))
    one.get_by_role("button", name="Random point").click()
    settle(one)
    other.get_by_test_id("latent-sliders").get_by_role("slider").first.focus()
    settle(other)
    np.testing.assert_allclose(point(other), start)
    assert (pixels(other) == image).all()
    assert address(other, "flat.at") == ""


def test_back_from_another_page_the_explorer_stands_where_it_was(decode):
    page = decode()
    drag(page)
    there = point(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home").click()  # before the point has gone out
    expect(page.get_by_role("heading", level=1)).to_have_text("aeviz")
    settle(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Explore").click()
    expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"), timeout=60_000)
    assert page.get_by_role("combobox", name="Model").input_value() == "flat"
    until(page, lambda: np.abs(point(page) - there).max() < 0.01, seconds=10)


MANY_DRAGS = """
async ([canvas, count]) => {
  canvas.setPointerCapture = () => undefined; // which knows no pointers that a script made up
  const box = canvas.getBoundingClientRect();
  const say = (kind, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
    pointerId: 1, button: 0, bubbles: true, clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
  for (let drag = 0; drag < count; drag += 1) {
    say('pointerdown', 0.3, 0.5);
    for (let step = 0; step < 3; step += 1) say('pointermove', 0.3 + 0.1 * step, 0.5 + 0.3 * Math.sin(drag));
    say('pointerup', 0.6, 0.5);
    await new Promise(requestAnimationFrame);
  }
}
"""


def kept(page, session):
    """Bytes and nodes that the page still holds after a collection."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(200)
    found = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
    return found["JSHeapUsedSize"] / 2**20, found["Nodes"], found["Documents"]


DRAGS, ROUNDS = 1000, 10


@pytest.mark.timeout(600)
def test_memory_stays_flat_over_drags_and_page_changes(decode):
    """Streamlit keeps a little of each run, hence the slack."""
    page = decode()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    links = page.get_by_test_id("stSidebarNav")

    def wander(rounds):
        for _ in range(rounds):
            links.get_by_role("link", name="Home").click()
            expect(page).to_have_title("Home")
            links.get_by_role("link", name="Explore").click()
            expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"))

    canvas = pad(page).locator("canvas.front").element_handle()
    page.evaluate(MANY_DRAGS, [canvas, 50])
    settle(page)
    before = kept(page, session)
    page.evaluate(MANY_DRAGS, [canvas, DRAGS])
    settle(page)
    dragged = kept(page, session)
    assert frames(page) > DRAGS / 2
    assert dragged[0] < before[0] + 3, (before, dragged)
    assert dragged[1] < before[1] + 300, (before, dragged)
    wander(1)
    settle(page)
    before = kept(page, session)
    wander(ROUNDS)
    settle(page)
    after = kept(page, session)
    assert after[0] < before[0] + 8, (before, after)
    assert after[1] < before[1] + 3000, (before, after)
    assert after[2] <= before[2] + 2, (before, after)
