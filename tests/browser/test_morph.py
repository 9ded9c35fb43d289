"""The second map laid over the first in a real browser: one key turns one cloud into the other."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from test_walk import drawn_map

from aeviz.analysis.alignment import align
from aeviz.paths import checkpoints_root
from aeviz.training.runs import RunFolder

PAIR = "/explore?model=digits-2d-adam&with.digits-2d-adam=digits-2d-amsgrad&align=true"


@pytest.mark.story
def test_one_key_turns_one_cloud_into_the_other(visit):
    """The points go where Procrustes puts them; arrows and caption say how far; the address keeps it."""
    page = visit(PAIR)
    latent_map = drawn_map(page)
    latent_map.get_by_role("button", name="Lay over").click()
    expect(latent_map.locator(".panel").nth(1)).to_be_hidden()
    expect(latent_map.locator(".stage").first).to_have_attribute("data-arrows", "297")
    first, second = (
        RunFolder.read(checkpoints_root() / f"digits-2d-{name}").require_latents().z for name in ("adam", "amsgrad")
    )
    alignment = align(second, first)
    expect(latent_map.locator("figcaption").first).to_contain_text(f"{alignment.explained:.0%}".replace("%", " %"))
    latent_map.locator("canvas.front").first.press("t")
    expect(latent_map).to_have_attribute("data-morph", "1")
    expect(page).to_have_url(re.compile("morph=1"))
    point = alignment.apply(second)[7].tolist()
    place, expected = latent_map.evaluate("(map, point) => [map.placeOf(0, 7), map.locateOn(0, point)]", point)
    np.testing.assert_allclose(place[:2], expected[:2], atol=0.05)
    page.reload()
    latent_map = drawn_map(page)
    expect(latent_map).to_have_attribute("data-morph", "1")
    latent_map.get_by_role("button", name="Lay over").click()
    expect(latent_map.locator(".panel").nth(1)).to_be_visible()
    expect(page).not_to_have_url(re.compile("morph="))


def test_lasso_takes_the_points_back_to_their_own_model(visit):
    """An outline belongs to the first model's points; alone, a map offers no second one."""
    page = visit(PAIR + "&morph=1")
    latent_map = drawn_map(page)
    box = latent_map.locator("canvas.front").first.bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 60, box["y"] + 90)
    page.mouse.down()
    for dx, dy in ((300, 90), (300, 300), (60, 300)):
        page.mouse.move(box["x"] + dx, box["y"] + dy, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(latent_map).to_have_attribute("data-morph", "0")
    page = visit("/explore?model=digits-2d-adam&with.digits-2d-adam=nothing&morph=1")
    expect(drawn_map(page).get_by_role("button", name="Lay over")).to_be_hidden()
