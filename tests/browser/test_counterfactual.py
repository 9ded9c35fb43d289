"""The shortest way to another class region in a real browser: it becomes the inspector's path."""

import re

from playwright.sync_api import expect
from test_map_fields_browser import ALONE, field_of
from test_walk import drawn_map


def test_nearest_other_class_becomes_the_path(visit):
    """Two waypoints, the decoded point and a place of another class; the map says which and how far."""
    page = visit(f"{ALONE}&field=classes")
    latent_map = drawn_map(page)
    field_of(latent_map, "classes")
    latent_map.get_by_role("button", name="Nearest other class").click()
    expect(latent_map.locator(".field-legend")).to_contain_text(re.compile(r"From \d to \d: [\d.]+ units of the map"))
    expect(page.get_by_test_id("latent-path")).to_have_attribute("data-waypoints", "2")
    start, end = latent_map.evaluate("map => map.waypointsOf(0)")
    probe = latent_map.evaluate("map => map.locateOn(0, map.probeOf(0))")
    assert start == probe[:2]
    assert end != start
