"""Explore in a real browser: map, inspector and decoder share one point and one chosen image, without a rerun."""

import re

import numpy as np
import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect
from sklearn.neighbors import NearestNeighbors
from test_walk import drawn_map, point_on_screen

import aeviz
from aeviz.paths import checkpoints_root
from aeviz.training.runs import RunFolder

ALONE = "/explore?model=digits-2d-adam&with.digits-2d-adam=nothing"
PAIR = "/explore?model=digits-2d-adam&with.digits-2d-adam=digits-2d-amsgrad"

MINUS = "\N{MINUS SIGN}"


def inspector(page):
    """The inspector, once it shows an image."""
    expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"))
    return page.get_by_test_id("latent-explorer")


def point_in(node):
    """The first coordinates of the point that the inspector shows."""
    return [float(value) for value in node.get_attribute("data-point").split()]


def probe_on(latent_map, panel=0):
    return latent_map.evaluate("(map, panel) => map.probeOf(panel)", panel)


@pytest.mark.parametrize(
    ("path", "width", "height"),
    [
        (ALONE, 1440, 900),
        (ALONE, 1280, 720),
        (ALONE, 390, 844),
        ("/explore?model=vae-2d&with.vae-2d=nothing", 390, 844),  # with a note on the posterior below the map
    ],
)
def test_map_and_decoded_image_are_in_view_as_the_page_opens(visit, path, width, height):
    """Nothing has to be scrolled to see the plane and the image decoded from it, on a projector and a phone too."""
    page = visit(path + "&image=17", width=width, height=height, touch=width < 500)
    stage = drawn_map(page).locator(".stage").bounding_box()
    inspector(page)
    image = page.locator(".view canvas").first.bounding_box()
    assert stage["y"] + stage["height"] <= height
    assert stage["height"] >= 260
    assert image["y"] + image["height"] <= height
    chosen = page.get_by_role("img", name="Its reconstruction").bounding_box()
    assert chosen["y"] + chosen["height"] <= height


@pytest.mark.parametrize(("width", "height"), [(800, 600), (640, 360)])
def test_inspector_stands_below_the_map_in_an_enlarged_window(visit, width, height):
    """A window of 1600 or 1280 pixels at 200 %: nothing covers anything, nothing sticks out sideways."""
    page = visit(ALONE + "&image=17", width=width, height=height)
    stage = drawn_map(page).locator(".stage").bounding_box()
    inspector(page)
    boxes = [page.locator(part).first.bounding_box() for part in (".views", ".chosen", ".sliders")]
    assert min(box["y"] for box in boxes) > stage["y"] + stage["height"]
    views, chosen, sliders = boxes
    assert views["x"] + views["width"] <= chosen["x"]
    assert max(views["y"] + views["height"], chosen["y"] + chosen["height"]) <= sliders["y"]
    assert page.evaluate("(n => n.scrollWidth - n.clientWidth)(document.querySelector('[data-testid=stMain]'))") <= 1


SHIFTS = """() => {
  const list = window.shifts = [];
  new PerformanceObserver(entries => {
    for (const entry of entries.getEntries()) if (!entry.hadRecentInput) {
      list.push([entry.startTime, entry.value, entry.sources.map(({ node }) => node?.className ?? "")]);
    }
  }).observe({ type: "layout-shift", buffered: true });
  const drawn = root => [...root.querySelectorAll("*")].some(
    node => node.matches("[data-testid=latent-map][data-drawn], .view[data-frames]") ||
      (node.shadowRoot && drawn(node.shadowRoot))
  );
  const look = () => (drawn(document) ? (window.drawnAt = performance.now()) : requestAnimationFrame(look));
  look();
}"""
"""Keeps each layout shift, and when the first picture was there."""


@pytest.mark.parametrize("path", ["/", ALONE + "&image=17"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_nothing_jumps_after_the_first_picture(visit, path, width, height):
    """The sum of layout shifts (CLS) after the first picture is below 0.05."""
    page = visit(path, width=width, height=height, prepare=lambda page: page.add_init_script(f"({SHIFTS})()"))
    inspector(page)
    page.wait_for_function("window.drawnAt > 0")
    wait_until_idle(page)
    page.wait_for_timeout(1000)
    late = page.evaluate("window.shifts.filter(([at]) => at > window.drawnAt)")
    assert sum(value for _, value, _ in late) < 0.05, late


@pytest.mark.story
def test_drag_on_the_map_decodes_and_moves_the_sliders_and_back(visit):
    """One point: dragged on the plane, moved by a slider, undone by a button; the address holds it."""
    page = visit(ALONE)
    latent_map, shown = drawn_map(page), inspector(page)
    box = latent_map.locator("canvas.front").bounding_box()
    frames = int(page.locator(".view").first.get_attribute("data-frames"))
    page.mouse.move(box["x"] + 80, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 280, box["y"] + 230, steps=25)
    assert probe_on(latent_map) == pytest.approx(point_in(shown), abs=1e-3)  # while the button is still held
    heard = shown.locator(".voice")  # by a screen reader
    expect(heard).to_have_text(re.compile(r"^z1 -?\d+\.\d\d, z2 .*\. Class \d: \d of the 8 nearest images\.$"))
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"digits-2d-adam\.at=z1_"))
    assert int(page.locator(".view").first.get_attribute("data-frames")) > frames + 5
    dragged = point_in(shown)
    said_last = (
        "([words, at]) => words.textContent.match(/-?\\d+\\.\\d\\d/g).every((z, k) => Math.abs(z - at[k]) < 0.01)"
    )
    page.wait_for_function(said_last, arg=[heard.element_handle(), dragged])
    outputs = [float(text.replace(MINUS, "-")) for text in page.locator(".slider output").all_inner_texts()]
    assert outputs == pytest.approx(dragged, abs=0.5)

    page.get_by_test_id("latent-sliders").get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    assert point_in(shown) != pytest.approx(dragged, abs=1e-3)
    assert probe_on(latent_map) == pytest.approx(point_in(shown), abs=1e-3)
    undo = page.get_by_role("button", name="Undo")
    expect(page).not_to_have_url(re.compile(rf"z1_{dragged[0]:.3f}"))
    undo.click()
    expect(shown).to_have_attribute("data-point", f"{dragged[0]:.3f} {dragged[1]:.3f}")
    page.wait_for_function(
        "([map, x]) => Math.abs(map.probeOf(0)[0] - x) < 0.01", arg=[latent_map.element_handle(), point_in(shown)[0]]
    )


@pytest.mark.story
def test_chosen_image_shows_at_once_with_its_neighbours(visit):
    """The page itself finds the neighbours: those of scikit-learn. A neighbour's button chooses that image."""
    page = visit(ALONE)
    latent_map = drawn_map(page)
    inspector(page)
    page.mouse.click(*point_on_screen(latent_map, 17))
    chosen = page.get_by_test_id("chosen-image")
    expect(chosen).to_have_attribute("data-image", "17")
    table = RunFolder.read(checkpoints_root() / "digits-2d-adam").require_latents()
    near = NearestNeighbors(n_neighbors=11).fit(table.z).kneighbors(table.z[17:18], return_distance=False)[0]
    expected = [index for index in near.tolist() if index != 17]
    labels = [button.get_attribute("aria-label") for button in chosen.get_by_role("button").all()]
    assert [int(re.search(r"image (\d+)", label)[1]) for label in labels] == expected
    votes = np.bincount(table.labels[expected], minlength=10)
    expect(chosen).to_contain_text(re.compile(rf"{votes.max()} of class {votes.argmax()}\b"))
    expect(chosen).to_contain_text(f"Test image 17 · class {table.labels[17]}")
    assert point_in(inspector(page)) == pytest.approx(table.z[17], abs=2e-3)
    assert probe_on(latent_map) == pytest.approx(table.z[17], abs=2e-3)
    expect(page).to_have_url(re.compile("image=17"))

    chosen.get_by_role("button").first.click()
    expect(latent_map).to_have_attribute("data-selected", str(expected[0]))
    expect(page.get_by_role("heading", name=f"Test image {expected[0]},")).to_be_visible()  # the server's part follows


@pytest.mark.story
def test_reconstruction_and_difference_are_those_of_pytorch(visit):
    """The card's images beside the library's own reconstruction."""
    page = visit(ALONE + "&image=17")
    drawn_map(page)
    expect(page.get_by_test_id("chosen-image")).to_have_attribute("data-image", "17")
    pixels = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"
    drawn = page.get_by_role("img", name="Its reconstruction").evaluate(pixels)[::4]
    model = aeviz.load("digits-2d-adam")
    table = RunFolder.read(checkpoints_root() / "digits-2d-adam").require_latents()
    expected = model.decode(table.z[17:18]).numpy().ravel() * 255
    assert drawn == pytest.approx(expected, abs=2)
    original = np.array(page.get_by_role("img", name="The chosen image").evaluate(pixels)[::4])
    difference = np.array(page.get_by_role("img", name="Reconstruction minus image").evaluate(pixels)).reshape(-1, 4)
    too_bright = expected - original > 10
    assert (difference[too_bright, 0] == 255).all()
    assert difference[too_bright, 2] == pytest.approx(255 - (expected - original)[too_bright], abs=3)


def test_blend_slider_lays_decoded_images_over_the_plane(visit):
    """From points to images; the address keeps the place, and the images follow a zoom."""
    page = visit(ALONE)
    latent_map = drawn_map(page)
    slider = latent_map.get_by_role("slider", name="From points to decoded images")
    stage = latent_map.locator(".stage")
    expect(latent_map.locator("canvas.mesh")).to_be_hidden()
    slider.fill("1")
    expect(stage).to_have_attribute("data-mesh", "1")
    expect(latent_map.locator("canvas.mesh")).to_be_visible()
    expect(latent_map.locator("canvas.points")).to_have_css("opacity", "0")
    expect(page).to_have_url(re.compile("blend=1"))
    latent_map.get_by_role("button", name=re.compile("Zoom in")).click()
    expect(stage).to_have_attribute("data-mesh", "2")
    page.wait_for_timeout(600)
    expect(stage).to_have_attribute("data-mesh", "2")  # at rest nothing is decoded anew
    page.reload()
    drawn_map(page)
    expect(slider).to_have_value("1")
    expect(stage).to_have_attribute("data-mesh", "1")


def test_both_models_decode_the_same_gesture(visit):
    """Adam | AMSGrad: a drag on either map moves both probes and both images."""
    page = visit(PAIR)
    latent_map = drawn_map(page)
    inspector(page)
    views = page.locator(".view")
    expect(views).to_have_count(2)
    for panel in (0, 1):
        before = [probe_on(latent_map, each) for each in (0, 1)]
        frames = [int(view.get_attribute("data-frames")) for view in views.all()]
        box = latent_map.locator("canvas.front").nth(panel).bounding_box()
        page.mouse.move(box["x"] + 60 + 20 * panel, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 160, box["y"] + 160, steps=12)
        page.mouse.up()
        for each in (0, 1):
            assert probe_on(latent_map, each) != pytest.approx(before[each], abs=1e-3)
            expect(views.nth(each)).not_to_have_attribute("data-frames", str(frames[each]))


@pytest.mark.story
def test_finger_drags_the_point_on_a_phone(visit):
    """A finger decodes where it moves, and a tap chooses the image below it."""
    page = visit(ALONE, width=390, height=844, touch=True)
    latent_map, shown = drawn_map(page), inspector(page)
    box = latent_map.locator("canvas.front").bounding_box()
    session = page.context.new_cdp_session(page)
    before = point_in(shown)
    for kind, step in [("touchStart", 0), *(("touchMove", k) for k in range(1, 12)), ("touchEnd", 12)]:
        touches = [] if kind == "touchEnd" else [{"x": box["x"] + 60 + 12 * step, "y": box["y"] + 60 + 9 * step}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    expect(page).to_have_url(re.compile(r"digits-2d-adam\.at="))
    assert point_in(shown) != pytest.approx(before, abs=1e-3)
    page.touchscreen.tap(*point_on_screen(latent_map, 30))
    expect(page.get_by_test_id("chosen-image")).to_have_attribute("data-image", "30")


def test_waypoints_are_drawn_on_the_map_and_lead_there(visit):
    """Kept points are numbered on the map; a click on one goes there, and the link brings them back."""
    page = visit(ALONE)
    latent_map = drawn_map(page)
    node = inspector(page)
    keep = page.get_by_role("button", name="Add waypoint")
    places = []
    for index in (3, 40):
        page.mouse.click(*point_on_screen(latent_map, index))
        expect(page.get_by_test_id("chosen-image")).to_have_attribute("data-image", str(index))
        wait_until_idle(page)
        keep.click()
        expect(page.get_by_test_id("latent-path")).to_have_attribute("data-waypoints", str(len(places) + 1))
        places.append(node.get_attribute("data-point"))
    expect(page.get_by_test_id("latent-path")).to_have_attribute("data-waypoints", "2")
    expect(page).to_have_url(re.compile(r"stops=[^&]*(!|%21)"))  # both
    assert latent_map.evaluate("map => map.waypointsOf(0).length") == 2
    box = latent_map.locator("canvas.front").bounding_box()
    x, y = latent_map.evaluate("map => map.waypointsOf(0)[0]")
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(node).to_have_attribute("data-point", places[0])
    expect(page.get_by_test_id("chosen-image")).to_have_attribute("data-image", "40")  # a waypoint is no image
    page.reload()
    drawn_map(page)
    inspector(page)
    expect(page.get_by_test_id("latent-path")).to_have_attribute("data-waypoints", "2")
    assert drawn_map(page).evaluate("map => map.waypointsOf(0).length") == 2


def test_selection_is_summed_up_in_the_inspector(visit):
    """Count, classes, spread and mean code of a lasso, in the page, as Python has them."""
    page = visit(ALONE)
    latent_map = drawn_map(page)
    inspector(page)
    card = page.get_by_test_id("selection-card")
    expect(card).to_be_hidden()
    box = latent_map.locator("canvas.front").bounding_box()
    corners = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.8), (0.3, 0.8)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.keyboard.down("Shift")
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in [*places[1:], places[0]]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(card).to_be_visible()
    chosen = latent_map.evaluate("map => map.chosenOf()")
    expect(card.get_by_text(f"{len(chosen)} images selected")).to_be_visible()
    table = RunFolder.read(checkpoints_root() / "digits-2d-adam").require_latents()
    own = table.z[chosen].astype(np.float64)
    spread = np.sqrt(((own - own.mean(axis=0)) ** 2).sum(axis=1).mean())
    expect(card.get_by_text(re.compile(rf"^Spread {re.escape(f'{spread:.3g}')}"))).to_be_visible()
    label, count = max(enumerate(np.bincount(table.labels[chosen])), key=lambda pair: pair[1])
    expect(card.get_by_text(re.compile(rf"^{label}: {round(100 * count / len(chosen))} %"))).to_be_visible()
    expect(card).to_have_attribute("data-count", str(len(chosen)))
    pixels = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"
    drawn = card.get_by_role("img", name="Image decoded from the mean").evaluate(pixels)[::4]
    expected = (
        aeviz.load("digits-2d-adam").decode(own.mean(axis=0, keepdims=True).astype(np.float32)).numpy().ravel() * 255
    )
    assert drawn == pytest.approx(expected, abs=2)
    latent_map.get_by_role("button", name="Clear selection").click()
    expect(card).to_be_hidden()


def test_nearest_images_stand_beside_the_decoded_image_until_one_is_chosen(visit):
    """Explore opens with one map; a click on one of the nearest images chooses it, and its card takes their place."""
    page = visit("/explore?model=digits-2d-adam", width=390, height=844, touch=True)
    latent_map = drawn_map(page)
    expect(latent_map.locator("canvas.front")).to_have_count(1)
    decoded = page.locator(".view canvas").first.bounding_box()
    assert decoded["y"] + decoded["height"] <= 844
    nearest = page.get_by_test_id("nearest-images")
    expect(nearest.get_by_role("button")).to_have_count(8)
    expect(nearest).to_contain_text(re.compile(r"Nearest test images: \d of class \d"))
    images = nearest.get_attribute("data-images")
    strip = page.get_by_test_id("latent-strip")
    page.get_by_role("button", name=re.compile("Go to [+]3")).tap()
    expect(strip.locator("[aria-current=true]")).to_have_text(re.compile("^[+]3"))
    page.get_by_role("button", name="Half a standard deviation down").tap()  # between two tiles
    expect(strip.locator("[aria-current=true]")).to_have_count(0)
    mark = strip.locator(".mark").bounding_box()
    left, right = (strip.locator(".tiles button").nth(k).bounding_box() for k in (5, 6))
    assert left["x"] + left["width"] - 8 < mark["x"] + mark["width"] / 2 < right["x"] + 8
    expect(nearest).not_to_have_attribute("data-images", images)
    label = nearest.get_by_role("button").first.get_attribute("aria-label").rpartition(" ")[2]
    latent_map.get_by_role("button", name=label, exact=True).tap()
    expect(nearest).not_to_contain_text(re.compile(rf"\s{label}(,|$)"))  # a class that the map hides does not count
    nearest.get_by_role("button").first.tap()
    chosen = page.get_by_test_id("chosen-image")
    expect(chosen).to_contain_text(re.compile(r"Test image \d+"))
    expect(nearest).to_be_hidden()
    assert page.locator(".view canvas").first.bounding_box()["width"] == decoded["width"]
    shown = chosen.get_attribute("data-image")
    page.get_by_role("button", name="Random test image").tap()
    expect(chosen).not_to_have_attribute("data-image", shown)
    expect(chosen.get_by_role("img", name="The chosen image")).to_be_visible()
    expect(latent_map).to_have_attribute("data-selected", chosen.get_attribute("data-image"))
    expect(page).to_have_url(re.compile(f"image={chosen.get_attribute('data-image')}(&|$)"))
