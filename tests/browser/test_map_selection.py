"""Outlines, the probe, the camera and the transition between two arrangements of the latent map, in a real browser."""

import os
import re
import shutil
from pathlib import Path

import pytest
from app_server import ROOT, log_before_stop, serve
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def map_address(tmp_path_factory):
    """Address of an app that is one map, map_page.py."""
    folder = tmp_path_factory.mktemp("map")
    shutil.copy(Path(__file__).with_name("map_page.py"), folder / "app.py")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with serve(folder / "log", cwd=folder, PYTHONPATH=path) as url:
        yield url
    assert "Traceback" not in log_before_stop(folder / "log")


@pytest.fixture
def open_map(visit, map_address):
    """A function that opens the page with some query and waits until the map stands still."""

    def open_page(query="", **options):
        page = visit(f"/?{query}", base=map_address, **options)
        latent_map = page.get_by_test_id("latent-map")
        expect(latent_map).to_have_attribute("data-drawn", re.compile(r"\d+"))
        expect(page.get_by_text("Python holds")).to_be_visible()
        size = None
        while size != (size := latent_map.bounding_box()):
            page.wait_for_timeout(200)
        return page, latent_map

    return open_page


def pick(latent_map, tool):
    button = latent_map.get_by_role("group", name="Drag").get_by_role("button", name=tool, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def frame(latent_map, panel=0):
    canvas = latent_map.locator("canvas.front").nth(panel)
    canvas.scroll_into_view_if_needed()
    return canvas.bounding_box()


def drag(page, latent_map, path, panel=0):
    """Drag through places in the panel, given as shares of its width and height."""
    box = frame(latent_map, panel)
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def chosen(latent_map):
    return latent_map.evaluate("map => map.chosenOf()")


def heard(page, indices):
    """Wait until Python holds these points."""
    text = f"Python holds {len(indices)}: {' '.join(map(str, indices))}."
    expect(page.get_by_text(text, exact=True)).to_be_visible()


def inside_on_screen(latent_map, n, holds, panel=0):
    """Return the points that a function of their place, in shares of the panel, holds."""
    box = frame(latent_map, panel)
    places = latent_map.evaluate(
        "(map, [panel, n]) => Array.from({ length: n }, (_, i) => map.screenOf(panel, i))", [panel, n]
    )
    return [i for i, (x, y) in enumerate(places) if holds(x / box["width"], y / box["height"])]


CONCAVE = [(0.2, 0.2), (0.8, 0.25), (0.75, 0.8), (0.5, 0.4), (0.25, 0.85), (0.2, 0.2)]


@pytest.mark.parametrize("dims", [2, 3])
def test_lasso_selects_the_same_points_here_and_in_python(open_map, dims):
    """The page marks points at once; Python, which has only the outline, finds the same ones."""
    page, latent_map = open_map(f"dims={dims}")
    pick(latent_map, "Lasso")
    drag(page, latent_map, CONCAVE)
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]\d\d"))
    found = chosen(latent_map)
    expect(latent_map.get_by_role("status")).to_have_text(f"{len(found):,} of 2,000 selected")
    heard(page, found)
    latent_map.get_by_role("button", name="Clear selection").click()
    heard(page, [])
    expect(page.get_by_text("Cleared: True")).to_be_visible()
    assert chosen(latent_map) == []


@pytest.mark.story
@pytest.mark.parametrize("dims", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_box_selects_what_lies_in_it_on_the_screen(open_map, dims):
    """Against the places of the points on the screen; a point on the very edge may fall to either side."""
    page, latent_map = open_map(f"dims={dims}")
    pick(latent_map, "Box")
    drag(page, latent_map, [(0.3, 0.25), (0.7, 0.75)])
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]\d\d"))
    found = set(chosen(latent_map))
    close = 0.003
    sure = inside_on_screen(
        latent_map, 2000, lambda x, y: 0.3 + close < x < 0.7 - close and 0.25 + close < y < 0.75 - close
    )
    possible = inside_on_screen(
        latent_map, 2000, lambda x, y: 0.3 - close < x < 0.7 + close and 0.25 - close < y < 0.75 + close
    )
    assert set(sure) <= found <= set(possible)
    assert len(sure) > 100


def test_selection_leaves_hidden_classes_out_and_is_marked_on_both_maps(open_map):
    """A class that is hidden later drops out; the other panel marks the same images."""
    page, latent_map = open_map("panels=2")
    pick(latent_map, "Lasso")

    def faded(panel):
        return (
            latent_map.locator("canvas.points")
            .nth(panel)
            .evaluate(
                "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
                ".data.filter((value, k) => k % 4 === 3 && value > 0 && value < 40).length"
            )
        )

    before = faded(1)
    drag(page, latent_map, CONCAVE)
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]\d\d"))
    page.wait_for_timeout(300)
    assert faded(1) > before + 1000
    all_of_them = chosen(latent_map)
    latent_map.get_by_role("button", name="3", exact=True).click()
    expect(latent_map).not_to_have_attribute("data-chosen", str(len(all_of_them)))
    assert set(chosen(latent_map)) < set(all_of_them)
    heard(page, chosen(latent_map))


def test_selection_that_python_starts_with_is_shown_and_can_be_cleared(open_map):
    """An outline from Python, from a shared address say, is marked without a touch; clearing it is heard."""
    page, latent_map = open_map("boxed=1")
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]\d\d"))
    heard(page, chosen(latent_map))
    latent_map.get_by_role("button", name="Clear selection").click()
    heard(page, [])
    page.get_by_text("Elsewhere").click()
    expect(latent_map).to_have_attribute("data-chosen", "")


def test_escape_drops_an_outline_and_then_the_selection(open_map):
    """Escape while drawing leaves the selection as it was; a second one clears it; a click still chooses an image."""
    page, latent_map = open_map()
    pick(latent_map, "Box")
    drag(page, latent_map, [(0.3, 0.3), (0.6, 0.6)])
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]"))
    found = chosen(latent_map)
    heard(page, found)
    box = frame(latent_map)
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert chosen(latent_map) == found
    page.keyboard.press("Escape")
    expect(latent_map).to_have_attribute("data-chosen", "")
    x, y = latent_map.evaluate("map => map.screenOf(0, 40)")
    box = frame(latent_map)
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(latent_map).not_to_have_attribute("data-selected", "-1")


def test_box_and_lasso_by_keyboard(open_map):
    """Keys choose the tool, move a cross and set corners."""
    page, latent_map = open_map()
    canvas = latent_map.locator("canvas.front")
    canvas.focus()
    page.keyboard.press("b")
    expect(latent_map).to_have_attribute("data-tool", "box")
    for key in ("ArrowLeft", "ArrowUp"):
        for _ in range(12):
            page.keyboard.press(key)
    page.keyboard.press("Enter")
    for key in ("ArrowRight", "ArrowDown"):
        for _ in range(24):
            page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]\d\d"))
    heard(page, chosen(latent_map))
    before = len(chosen(latent_map))
    page.keyboard.press("l")
    page.keyboard.press(" ")
    for key in ("ArrowUp", "ArrowLeft"):
        for _ in range(10):
            page.keyboard.press(key)
        page.keyboard.press(" ")
    page.keyboard.press("Enter")
    expect(latent_map).not_to_have_attribute("data-chosen", str(before))
    heard(page, chosen(latent_map))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(latent_map).to_have_attribute("data-chosen", "")


def test_lasso_by_shift_and_by_touch(open_map):
    """Shift makes a lasso of a drag in a plane; a finger draws one on a phone."""
    page, latent_map = open_map()
    page.keyboard.down("Shift")
    drag(page, latent_map, CONCAVE)
    page.keyboard.up("Shift")
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]\d\d"))
    page, latent_map = open_map(width=390, height=844, touch=True)
    pick(latent_map, "Lasso")
    box = frame(latent_map)
    touch = page.context.new_cdp_session(page)
    places = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in CONCAVE]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": places[:1]})
    for place in places[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]\d\d"))
    heard(page, chosen(latent_map))


@pytest.mark.parametrize("dims", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_camera_and_selection_survive_a_rerun(open_map, dims):
    """Another widget reruns the script; the view, the tool and the selection stay."""
    page, latent_map = open_map(f"dims={dims}")
    drag(page, latent_map, [(0.5, 0.5), (0.7, 0.6)])
    latent_map.get_by_role("button", name="Zoom in: cloud 0").click()
    pick(latent_map, "Box")
    drag(page, latent_map, [(0.3, 0.3), (0.7, 0.7)])
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]"))
    camera, found = latent_map.evaluate("map => map.cameraOf(0)"), chosen(latent_map)
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("value", "1")
    heard(page, found)
    assert latent_map.evaluate("map => map.cameraOf(0)") == camera
    assert chosen(latent_map) == found
    expect(latent_map).to_have_attribute("data-tool", "box")


@pytest.mark.parametrize("motion", ["no-preference", pytest.param("reduce", marks=pytest.mark.slow)])
def test_points_move_over_to_other_places(open_map, motion):
    """The same images elsewhere: points travel there, or are there at once where less motion is asked for."""
    page, latent_map = open_map()
    page.emulate_media(reduced_motion=motion)
    latent_map.evaluate(
        """map => {
          map.seen = new Set();
          const look = () => {
            if (map.dataset.moving === "1") map.seen.add(map.placeOf(0, 5)[0]);
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    page.get_by_text("Elsewhere").click()
    expect(latent_map).to_have_attribute("data-moving", "0")
    page.wait_for_timeout(1000)
    seen = latent_map.evaluate("map => map.seen.size")
    assert seen > 5 if motion == "no-preference" else seen == 0
    # at rest the camera is where a fresh visit to that arrangement would put it
    camera = latent_map.evaluate("map => map.cameraOf(0)")
    assert latent_map.evaluate("map => map.placeOf(0, 5)") == latent_map.evaluate("map => map.screenOf(0, 5)")
    latent_map.get_by_role("button", name="Reset the view: cloud 0").click()
    assert latent_map.evaluate("map => map.cameraOf(0)") == camera


def test_gesture_ends_the_transition_at_once(open_map):
    """A press during the transition puts all points where they go."""
    page, latent_map = open_map()
    box = frame(latent_map)
    page.get_by_text("Elsewhere").click()
    is_moving = latent_map.evaluate(
        """map => new Promise(done => {
          const start = performance.now();
          const look = () => map.dataset.moving === "1" || performance.now() > start + 3000
            ? done(map.dataset.moving === "1") : requestAnimationFrame(look);
          look();
        })"""
    )
    assert is_moving, "the transition was over before it was looked for"
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    moving = latent_map.evaluate(
        "map => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(map.dataset.moving))))"
    )
    page.mouse.up()
    assert moving == "0"


def test_hover_names_the_same_image_on_both_maps(open_map):
    """Whichever point lies nearest, both maps name it."""
    page, latent_map = open_map("panels=2")
    box = frame(latent_map)
    x, y = latent_map.evaluate("map => map.screenOf(0, 77)")
    page.mouse.move(box["x"] + x, box["y"] + y)
    tips = latent_map.locator(".tip")
    expect(tips.first).to_contain_text(re.compile(r"image \d+"))
    assert tips.nth(0).inner_text().split("\n")[0] == tips.nth(1).inner_text().split("\n")[0]


LINKED = "window[Symbol.for('aeviz.links')].get('point made-up')"
"""What a linked map has told the other parts of its page."""


@pytest.mark.parametrize("dims", [2, 3])
def test_drag_moves_the_latent_point_that_the_page_shares(open_map, dims):
    """A linked map opens with the tool that decodes; each move is told, and what others tell moves its probe."""
    page, latent_map = open_map(f"dims={dims}&linked=1")
    expect(latent_map.get_by_role("button", name="Decode")).to_have_attribute("aria-pressed", "true")
    tell = f"z => {LINKED}.listeners.forEach(hear => hear({{z: Float64Array.from(z)}}))"
    middle = latent_map.evaluate("map => map.cameraOf(0).centre")
    page.evaluate(tell, middle)
    drag(page, latent_map, [(0.5, 0.5), (0.6, 0.4), (0.7, 0.6)])
    assert page.evaluate(f"{LINKED}.value.done") is True
    point = page.evaluate(f"[...{LINKED}.value.z]")
    assert latent_map.evaluate("map => map.probeOf(0)") == pytest.approx(point, abs=1e-9)
    box = frame(latent_map)
    x, y, depth = latent_map.evaluate("(map, point) => map.locateOn(0, point)", point)
    assert (x / box["width"], y / box["height"]) == pytest.approx((0.7, 0.6), abs=0.01)
    # it moves in the plane that faces the viewer
    assert depth == pytest.approx(latent_map.evaluate("(map, point) => map.locateOn(0, point)[2]", middle), abs=1e-9)
    latent_map.locator("canvas.front").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"[...{LINKED}.value.z]") != point


def test_probe_stands_at_the_corresponding_point_of_the_second_map(open_map):
    """Dragged on either map, both probes move: the second cloud is the first, moved by three."""
    page, latent_map = open_map("panels=2&linked=1")
    drag(page, latent_map, [(0.5, 0.5), (0.6, 0.4)])
    first, second = (latent_map.evaluate("(map, panel) => map.probeOf(panel)", panel) for panel in (0, 1))
    assert second == pytest.approx([value + 3 for value in first], abs=1e-6)
    fronts = latent_map.locator("canvas.front")
    box = fronts.nth(1).bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 130, steps=5)
    page.mouse.up()
    moved, held = (latent_map.evaluate("(map, panel) => map.probeOf(panel)", panel) for panel in (0, 1))
    assert held != pytest.approx(second, abs=1e-3)
    assert moved == pytest.approx([value - 3 for value in held], abs=1e-6)
    assert page.evaluate(f"[...{LINKED}.value.z]") == pytest.approx(moved, abs=1e-9)


def test_click_chooses_an_image_or_decodes_where_there_is_none(open_map):
    """A linked map: a press without a move does not drag the point to it."""
    page, latent_map = open_map("linked=1")
    box = frame(latent_map)
    x, y = latent_map.evaluate("map => map.screenOf(0, 77)")
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(latent_map).to_have_attribute("data-selected", re.compile(r"\d+"))
    assert latent_map.evaluate("map => map.probeOf(0)") is None  # the inspector knows the image's code
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] - 4)
    corner = latent_map.evaluate("map => map.locateOn(0, map.probeOf(0))")
    assert corner[:2] == pytest.approx([4, box["height"] - 4], abs=1)


def test_space_turns_by_keyboard_and_selection_shows_no_outline_then(open_map):
    """Arrow keys turn; the points of a lasso stay selected from every side."""
    page, latent_map = open_map("dims=3")
    pick(latent_map, "Box")
    drag(page, latent_map, [(0.3, 0.3), (0.7, 0.7)])
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]"))
    found = chosen(latent_map)
    pick(latent_map, "Move")
    before = latent_map.evaluate("map => map.cameraOf(0)")
    latent_map.locator("canvas.front").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    after = latent_map.evaluate("map => map.cameraOf(0)")
    assert after["yaw"] != before["yaw"]
    assert after["pitch"] != before["pitch"]
    assert chosen(latent_map) == found


def test_many_points_are_all_drawn(open_map):
    """As many as there are, and a lasso answers."""
    page, latent_map = open_map("n=70000")
    expect(latent_map).to_have_attribute("data-drawn", "70000")
    pick(latent_map, "Lasso")
    drag(page, latent_map, CONCAVE)
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]\d{3}"))
