"""Pictures on the latent map, in a real browser: in the tip, in place of points, and the neighbours of one."""

import re

import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect

IMAGE = 42
ADDRESS = "/explore?model=digits-2d-adam&with.digits-2d-adam=nothing"


@pytest.fixture
def open_map(visit):
    """A function that opens the map and waits for its pictures; the test fails if the page logged an error."""
    logged = []

    def open_page(path, **options):
        page = visit(path, **options)
        page.on("console", lambda message: logged.append(message.text) if message.type == "error" else None)
        latent_map = page.get_by_test_id("latent-map")
        expect(latent_map).to_have_attribute("data-sprite", "297")
        wait_until_idle(page)
        size = None
        while size != (size := latent_map.bounding_box()):
            page.wait_for_timeout(200)
        return page, latent_map

    yield open_page
    assert not [text for text in logged if "404" not in text], logged


def place(latent_map, index):
    """Return where a point of the first panel is on the screen, which is scrolled there."""
    canvas = latent_map.locator("canvas.front").first
    canvas.scroll_into_view_if_needed()
    x, y = latent_map.evaluate("(map, index) => map.screenOf(0, index)", index)
    box = canvas.bounding_box()
    return box["x"] + x, box["y"] + y


SUMS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const sums = new Array(64).fill(0);
  for (let y = 0; y < canvas.height; y += 1)
    for (let x = 0; x < canvas.width; x += 1)
      sums[8 * Math.floor((8 * y) / canvas.height) + Math.floor((8 * x) / canvas.width)]
        += data[4 * (y * canvas.width + x)] * 64 / (canvas.width * canvas.height);
  return sums;
}"""


def test_tip_shows_the_picture_of_the_point_within_a_frame(open_map):
    """The tip holds the very pixels of the data set's image."""
    from aeviz.config import DataConfig
    from aeviz.data import load_dataset

    page, latent_map = open_map(ADDRESS)
    page.mouse.move(*place(latent_map, IMAGE))
    thumb = latent_map.locator(".thumb")
    expect(thumb).to_be_visible()
    expect(thumb).to_have_attribute("data-image", re.compile(r"\d+"))
    shown = int(thumb.get_attribute("data-image"))
    assert f"image {shown} " in latent_map.locator(".tip").inner_text()
    image = load_dataset(DataConfig(name="digits"), "test").images[shown, 0]
    assert thumb.evaluate(SUMS) == pytest.approx(image.ravel().tolist(), abs=1)
    frames = latent_map.evaluate(
        """(map, index) => new Promise(done => {
          const front = map.querySelector("canvas.front");
          const box = front.getBoundingClientRect();
          const [x, y] = map.screenOf(0, index);
          front.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + x, clientY: box.top + y }));
          requestAnimationFrame(() => requestAnimationFrame(() => done(map.querySelector(".thumb").dataset.image)));
        })""",
        7,
    )
    positions = latent_map.evaluate("(map, pair) => pair.map(index => map.screenOf(0, index))", [7, int(frames)])
    assert positions[0] == pytest.approx(positions[1], abs=3)  # another point may lie on it


def test_pictures_stand_in_place_of_points_when_zoomed_in(open_map):
    """Zooming in until few points are in view shows their images; zooming out shows points again."""
    page, latent_map = open_map(ADDRESS)
    stage = latent_map.locator(".stage").first
    expect(stage).to_have_attribute("data-images", "0")
    canvas = latent_map.locator("canvas.front").first
    canvas.focus()
    for _ in range(14):
        page.keyboard.press("+")
    expect(stage).to_have_attribute("data-images", re.compile(r"^[1-9]\d*$"))
    shown = int(stage.get_attribute("data-images"))
    assert shown <= 150
    latent_map.get_by_role("button", name="0", exact=True).click()  # a hidden class takes its pictures away
    page.keyboard.press("Tab")
    canvas.focus()
    page.keyboard.press("0")
    expect(stage).to_have_attribute("data-images", "0")


@pytest.mark.story
def test_neighbours_are_marked_and_a_click_on_one_moves_the_map(open_map):
    """The strip below the chosen image leads on, and the map follows."""
    page, latent_map = open_map(f"{ADDRESS}&image={IMAGE}")
    stage = latent_map.locator(".stage").first
    expect(stage).to_have_attribute("data-neighbours", "10")
    button = page.locator(".st-key-latent-neighbour-0 button").nth(2)
    other = button.inner_text().split(", class ")[0]
    button.click()
    expect(page.get_by_role("heading", name=f"Test image {other}")).to_be_visible()
    expect(latent_map).to_have_attribute("data-selected", other)
    expect(stage).to_have_attribute("data-neighbours", "10")
    page.mouse.click(*place(latent_map, IMAGE))
    expect(page).not_to_have_url(re.compile(f"image={other}"))


def test_colours_and_contours_reach_the_map(open_map):
    """A scale with its legend, and lines under the points; classes can still be hidden."""
    _, latent_map = open_map(f"{ADDRESS}&colour=density&contours=by%20class")
    expect(latent_map.locator(".scale")).to_contain_text("Density of the map's points")
    stage = latent_map.locator(".stage").first
    expect(stage).to_have_attribute("data-contours", re.compile(r"^[1-9]\d+$"))
    before = int(stage.get_attribute("data-contours"))
    latent_map.get_by_role("button", name="3", exact=True).click()
    expect(stage).not_to_have_attribute("data-contours", str(before))
    assert int(stage.get_attribute("data-contours")) < before


def test_lasso_shows_what_the_picked_images_share(open_map):
    """An outline on the map, its images below, the same after a reload, and nothing once it is cleared."""
    page, latent_map = open_map(ADDRESS)
    latent_map.get_by_role("button", name="Box", exact=True).click()
    canvas = latent_map.locator("canvas.front").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 260, steps=4)
    page.mouse.move(box["x"] + 330, box["y"] + 280)
    page.mouse.up()
    heading = page.get_by_role("heading", name=re.compile("of 297 images selected"))
    expect(heading).to_be_visible()
    said = heading.inner_text()
    assert said.split()[0] == latent_map.get_attribute("data-chosen")
    expect(page.get_by_role("paragraph").filter(has_text="mean image")).to_be_visible()
    expect(page).to_have_url(re.compile("outline="))
    page.reload()
    expect(heading).to_have_text(said)
    expect(latent_map).to_have_attribute("data-chosen", said.split()[0])
    latent_map.get_by_role("button", name="Clear selection").click()
    expect(page.get_by_text("Lasso some points to see")).to_be_visible()
    expect(page).not_to_have_url(re.compile("outline="))
