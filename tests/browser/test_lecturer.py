"""A lecturer prepares a view on Explore and sends its link to the class."""

import re

import pytest
from app_server import choose
from playwright.sync_api import expect
from test_map_selection import CONCAVE, chosen, drag, pick
from test_walk import drawn_map, point_on_screen

IMAGE = 17
MODELS = ("digits-2d-adam", "digits-2d-amsgrad")


def shown(page):
    """What a visitor sees of a view: models, chosen image, selection, hidden classes, the decoded point."""
    latent_map = drawn_map(page)
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]"))
    expect(page.get_by_test_id("chosen-image")).to_have_attribute("data-image", re.compile(r"\d"))
    chips = latent_map.get_by_role("group", name="Classes shown").get_by_role("button").all()
    return {
        "models": [page.get_by_role("combobox", name=name).input_value() for name in ("Model", "Compare with")],
        "panels": latent_map.locator("figcaption").all_inner_texts(),
        "image": page.get_by_test_id("chosen-image").get_attribute("data-image"),
        "selected": latent_map.get_attribute("data-selected"),
        "selection": chosen(latent_map),
        "hidden": [chip.inner_text() for chip in chips if chip.get_attribute("aria-pressed") == "false"],
        "places": [latent_map.evaluate(f"map => map.screenOf({panel}, {IMAGE})") for panel in (0, 1)],
        "point": page.get_by_test_id("latent-explorer").get_attribute("data-point"),
    }


def test_class_sees_what_the_lecturer_has_prepared(visit):
    """Home, two models, a lasso, a click, Copy link at once: another browser shows the same."""
    page = visit("/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_test_id("stMain").get_by_role("link", name="Explore a latent space").click()
    expect(page).to_have_title("Explore")
    choose(page, "Model", MODELS[0])
    expect(page.get_by_role("combobox", name="Model")).to_have_value(MODELS[0])
    drawn_map(page)
    choose(page, "Compare with", "nothing")
    choose(page, "Compare with", MODELS[1])
    latent_map = drawn_map(page)
    expect(latent_map.locator("canvas.front")).to_have_count(2)
    pick(latent_map, "Lasso")
    drag(page, latent_map, CONCAVE, panel=1)
    expect(latent_map).to_have_attribute("data-chosen", re.compile(r"[1-9]"))
    latent_map.get_by_role("button", name="3", exact=True).click()
    latent_map.get_by_role("button", name=re.compile("^Zoom in")).nth(1).click()
    page.mouse.click(*point_on_screen(drawn_map(page), IMAGE, panel=1))
    page.get_by_role("button", name="Copy link").click()  # the server does not know of the click yet
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    prepared = shown(page)
    assert prepared["models"] == list(MODELS)
    assert prepared["image"] == prepared["selected"] == str(IMAGE)
    assert prepared["hidden"] == ["3"]
    assert len(prepared["selection"]) > 10

    guest = visit(re.sub(r"^https?://[^/]+", "", link))
    seen = shown(guest)
    for places in zip(seen.pop("places"), prepared.pop("places"), strict=True):  # zoom is in the link, too
        assert places[0] == pytest.approx(places[1], abs=1)
    assert seen == prepared
    expect(guest.get_by_role("heading", name=f"Test image {IMAGE}")).to_be_visible()
    for each in (page, guest):
        assert each.get_by_test_id("stAlertContentError").count() == 0
