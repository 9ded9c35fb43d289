"""What visitors take along from Explore: an image of the map, and a link to it."""

import io
import re
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from app_server import wait_until_idle
from PIL import Image
from playwright.sync_api import expect
from test_walk import drawn_map

ALONE = "/explore?model=digits-2d-adam&with.digits-2d-adam=nothing"
PAIR = "/explore?model=digits-2d-adam&with.digits-2d-adam=digits-2d-amsgrad"
MARGIN = 16
SIZES = """map => {
  const row = map.querySelector(".panels").getBoundingClientRect();
  const boxes = [...map.querySelectorAll(".stage")].map(stage => stage.getBoundingClientRect());
  return {
    row: [row.width, row.height],
    stages: boxes.map(box => [box.left - row.left, box.top - row.top, box.width, box.height]),
    canvas: map.querySelector("canvas.front").width,
    colours: [...map.querySelectorAll(".swatch")].map(
      node => getComputedStyle(node).backgroundColor.match(/\\d+/g).map(Number)
    ),
  };
}"""


def test_saved_image_holds_both_panels_and_the_legend(visit):
    """A PNG named after models and data, two pixels a page pixel: points of both panels, and the classes below them."""
    page = visit(PAIR + "&hidden=3&blend=0.5")
    latent_map = drawn_map(page)
    expect(latent_map.locator(".stage").nth(1)).to_have_attribute("data-mesh", "1")
    expect(latent_map).to_have_attribute("data-idle", "")
    before = latent_map.evaluate(SIZES)
    with page.expect_download() as download:
        latent_map.get_by_role("button", name="Save image").click()
    assert download.value.suggested_filename == "digits-2d-adam-digits-2d-amsgrad-digits.png"
    image = np.asarray(Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGB"))
    width, height = before["row"]
    assert image.shape[1] == round(2 * (width + 2 * MARGIN))
    for left, top, across, down in before["stages"]:
        x, y = round(2 * (left + MARGIN)), round(2 * (top + MARGIN))
        stage = image[y : y + round(2 * down), x : x + round(2 * across)]
        assert len({tuple(colour) for colour in stage.reshape(-1, 3)[::7].tolist()}) > 300
        corner = stage[10:70, -220:]  # where the page has buttons, the image has what lies under them
        assert (np.diff(corner.astype(int), axis=1) != 0).mean() > 0.02
    below = {tuple(colour) for colour in image[round(2 * (height + 2 * MARGIN)) :].reshape(-1, 3).tolist()}
    shown = [tuple(colour) for label, colour in enumerate(before["colours"]) if label != 3]
    assert set(shown) <= below
    assert tuple(before["colours"][3]) not in below
    expect(latent_map).to_have_attribute("data-idle", "")
    assert latent_map.evaluate(SIZES)["canvas"] == before["canvas"]


REFUSING = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
"""A browser that gives a page from another machine no clipboard, as it came by plain http."""


def test_link_is_copied_and_said(visit):
    """The clipboard holds the address; the button says so for two seconds."""
    page = visit(PAIR + "&image=17")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    drawn_map(page)
    page.get_by_role("button", name="Copy link").click()
    told = page.get_by_role("button", name="Link copied")
    expect(told).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    expect(told).to_have_count(0)
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()


@pytest.mark.parametrize("copies", [True, False])
def test_link_can_be_copied_without_a_clipboard(visit, copies):
    """The older way is tried; if that fails, the address stands there, selected, until the visitor goes on."""
    script = REFUSING + f"document.execCommand = () => (window.copied = String(getSelection()), {str(copies).lower()});"
    page = visit(PAIR + "&image=17", prepare=lambda page: page.add_init_script(script))
    latent_map = drawn_map(page)
    page.get_by_role("button", name="Copy link").click()
    if copies:
        expect(page.get_by_role("button", name="Link copied")).to_be_visible()
        assert page.evaluate("window.copied") == page.url
        return
    field = page.get_by_role("textbox", name="Copy this address")
    expect(field).to_be_focused()
    expect(field).to_have_value(page.url)
    assert field.evaluate("node => node.selectionEnd - node.selectionStart") == len(page.url)
    latent_map.locator("canvas.front").first.focus()
    expect(field).to_have_count(0)


TYPE = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
SWITCH = "Projector size"


def covered(latent_map):
    """Which share of the first panel the points cover."""
    return latent_map.evaluate(
        "map => { const canvas = map.querySelector('canvas.points');"
        "return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data"
        ".reduce((sum, value, k) => sum + (k % 4 === 3 && value > 100), 0) / canvas.width / canvas.height; }"
    )


@pytest.mark.parametrize("path", [ALONE, pytest.param(PAIR, marks=pytest.mark.slow)])
def test_map_and_decoded_image_are_in_view_on_a_projector(visit, path):
    """At 1280 x 720 and with type for a projector nothing has to be scrolled to see map and decoded image."""
    page = visit(path + "&image=17&projector=1", width=1280, height=720)
    latent_map = drawn_map(page)
    assert page.evaluate(TYPE) == 20
    for panel in latent_map.locator(".stage").all():
        stage = panel.bounding_box()
        assert stage["height"] >= 250
        assert stage["y"] + stage["height"] <= 720
    for view in page.locator(".view canvas").all():
        image = view.bounding_box()
        assert image["y"] + image["height"] <= 720
        assert image["width"] >= 80
    assert page.evaluate("(n => n.scrollWidth - n.clientWidth)(document.querySelector('[data-testid=stMain]'))") <= 1


def test_projector_size_goes_along_and_ends(visit):
    """The switch enlarges type and points; the next page and a lesson's view keep it; it can be switched off again."""
    page = visit(ALONE)
    latent_map = drawn_map(page)
    assert page.evaluate(TYPE) == 16
    small = covered(latent_map)
    page.get_by_text(SWITCH).click()
    expect(page).to_have_url(re.compile("projector=1"))
    page.wait_for_function(f"({TYPE})() === 20")
    assert covered(drawn_map(page)) > 1.3 * small
    for name in ("Units", "Home", "Optimizers"):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        expect(page).to_have_title(name)
        wait_until_idle(page)
        expect(page).to_have_url(re.compile("projector=1"))
        assert page.evaluate(TYPE) == 20
    page.goto(page.url.replace("projector=1", "lesson=adam-or-amsgrad&projector=1"))
    wait_until_idle(page)
    expect(page.get_by_text(SWITCH)).to_be_visible()
    page.get_by_text(SWITCH).click()
    expect(page).not_to_have_url(re.compile("projector"))
    page.wait_for_function(f"({TYPE})() === 16")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Units").click()
    expect(page).to_have_title("Units")
    wait_until_idle(page)
    expect(page).not_to_have_url(re.compile("projector"))


NEXT_AND_COPY = """(map, link) => {
  map.querySelector("canvas.front").dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }));
  link.click();
}"""


def test_link_holds_what_was_done_just_before(visit):
    """The address comes from the server: the link waits for it."""
    page = visit(ALONE + "&image=17")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    latent_map = drawn_map(page)
    link = page.get_by_role("button", name="Copy link").element_handle()
    latent_map.evaluate(NEXT_AND_COPY, link)
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "image=18" in link
    expect(page).to_have_url(re.compile("image=18"))
    wait_until_idle(page)
    # a busy server writes the decoded point one run later than the image; the link never holds that of the last image
    assert set(parse_qsl(urlsplit(link).query)) <= set(parse_qsl(urlsplit(page.url).query))


def test_a_drawing_is_in_the_link(visit):
    """Who opens a copied link finds the drawing on the pad, its image in the inspector and its point on the map."""
    page = visit(ALONE + "&own=true")
    drawn_map(page)
    pad = page.get_by_test_id("drawing-pad")
    box = pad.locator("canvas").first.bounding_box()
    unit = box["width"] / 280
    page.mouse.move(box["x"] + 80 * unit, box["y"] + 60 * unit)
    page.mouse.down()
    page.mouse.move(box["x"] + 200 * unit, box["y"] + 60 * unit, steps=6)
    page.mouse.move(box["x"] + 120 * unit, box["y"] + 230 * unit, steps=6)
    page.mouse.up()
    expect(page.get_by_test_id("chosen-image")).to_contain_text("Your drawing")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    drawn = re.search(r"[?&]drawing=([\w.~-]+)", link)
    assert drawn is not None
    point = [float(value) for value in pad.get_by_test_id("live-drawing").get_attribute("data-point").split()]
    other = visit("/" + link.partition("//")[2].partition("/")[2])
    expect(other.get_by_test_id("drawing-pad")).to_have_attribute("data-strokes", "1")
    expect(other.get_by_test_id("chosen-image")).to_contain_text("Your drawing")
    live = other.get_by_test_id("live-drawing")
    expect(live).to_have_attribute("data-point", re.compile(r"\d"))
    again = [float(value) for value in live.get_attribute("data-point").split()]
    span = other.get_by_test_id("latent-map").evaluate("map => map.cameraOf(0).half")
    assert np.abs(np.subtract(again, point)).max() < 0.1 * span
