"""A drawing on Explore in a real browser: it is placed on the map, by the page, by the server and by a second model."""

import re

import numpy as np
import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect
from test_explore import ALONE, PAIR, inspector, point_in, probe_on
from test_walk import drawn_map, point_on_screen

import aeviz


def place_on_screen(latent_map, point):
    """Where a point of the first panel's plane lies in the window."""
    camera = latent_map.evaluate("map => map.cameraOf(0)")
    box = latent_map.locator("canvas.front").first.bounding_box()
    scale = min(box["width"], box["height"]) / 2 / camera["half"]
    across, up = ((value - middle) * scale for value, middle in zip(point, camera["centre"], strict=True))
    return box["x"] + box["width"] / 2 + across, box["y"] + box["height"] / 2 - up


def draw(page, strokes):
    """Draw on the pad in shares of its side; the pen stays down after the last point."""
    box = page.get_by_test_id("drawing-pad").locator(".stage canvas").bounding_box()
    for stroke in strokes:
        page.mouse.up()
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=1 if k == 0 else 6)
            if k == 0:
                page.mouse.down()


@pytest.mark.story
def test_drawn_digit_is_placed_on_the_map_while_it_is_drawn(visit):
    page = visit(ALONE)
    latent_map = drawn_map(page)
    node = inspector(page)
    page.locator(".st-key-own label").click()
    expect(page.get_by_test_id("drawing-pad")).to_be_visible()
    wait_until_idle(page)
    before = point_in(node)
    draw(page, [[(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]])
    card = page.get_by_test_id("chosen-image")
    expect(card).to_have_attribute("data-image", "own")  # before the pen is up
    expect(card.get_by_text("Your drawing")).to_be_visible()
    expect(node).not_to_have_attribute("data-point", " ".join(f"{value:.3f}" for value in before))
    page.mouse.up()
    expect(card.get_by_text(re.compile("^Its 10 nearest images: [0-9]+ "))).to_be_visible()
    expect(page).to_have_url(re.compile(r"digits-2d-adam\.at=z1"))
    wait_until_idle(page)
    assert np.allclose(point_in(node), probe_on(latent_map), atol=1e-3)
    place = point_in(node)
    page.mouse.click(*point_on_screen(latent_map, 17))
    expect(card).to_have_attribute("data-image", "17")
    assert point_in(node) != place
    page.mouse.click(*place_on_screen(latent_map, place))  # the mark of the drawing leads back to its point
    assert point_in(node) == pytest.approx(place, abs=1e-3)
    draw(page, [[(0.4, 0.5), (0.65, 0.5)]])  # a bar across the seven
    expect(card).to_have_attribute("data-image", "own")
    page.mouse.up()
    assert point_in(node) != place


def test_server_places_a_drawing_where_the_page_cannot(visit):
    page = visit(ALONE + "&own=true&engine=server")
    node = inspector(page)
    wait_until_idle(page)
    before = node.get_attribute("data-point")
    draw(page, [[(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]])
    page.mouse.up()
    expect(node).not_to_have_attribute("data-point", before)
    expect(page.get_by_test_id("chosen-image").get_by_text("Your drawing")).to_be_visible()


def test_second_model_encodes_the_drawing_itself(visit):
    """Not the corresponding point, where another digit may stand: its own code, on its own map."""
    page = visit(PAIR + "&own=true")
    latent_map = drawn_map(page)
    inspector(page)
    expect(page.get_by_test_id("drawing-pad")).to_be_visible()
    wait_until_idle(page)
    draw(page, [[(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]])
    page.mouse.up()
    expect(page.get_by_test_id("chosen-image")).to_have_attribute("data-image", "own")
    second = page.locator(".view").nth(1)
    expect(second.get_by_text("Your image, encoded by this model itself")).to_be_visible()
    pixels = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"
    image = np.array(page.get_by_role("img", name="The chosen image").evaluate(pixels)[::4], dtype=np.float32) / 255
    model = aeviz.load("digits-2d-amsgrad")
    z = model.encode(np.round(image.reshape(1, 1, 8, 8) * 255).astype(np.uint8)).numpy()[0]
    assert probe_on(latent_map, 1) == pytest.approx(z, abs=0.15)  # the page's pixels are not rounded
    assert second.locator("canvas").evaluate(pixels)[::4] == pytest.approx(
        model.decode(z[None]).numpy().ravel() * 255, abs=6
    )
    stage = latent_map.locator("canvas.front").first.bounding_box()
    page.mouse.move(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 3, stage["y"] + stage["height"] / 2, steps=4)
    page.mouse.up()
    expect(second.get_by_text("At the corresponding point")).to_be_visible()
