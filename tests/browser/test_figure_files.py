"""*Save figure* on the pages: what a visitor gets is the figure asked for, at its width."""

import re
import xml.etree.ElementTree as ET

import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect

SVG = "{http://www.w3.org/2000/svg}"


def save(page, name):
    """Press a format in the open popover; return the file's name and content."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=name, exact=True).click()
    return coming.value.suggested_filename, coming.value.path().read_bytes()


def test_explore_saves_its_map_and_another_figure_at_a_width(visit):
    page = visit("/explore?model=digits-2d-adam", width=1280, height=720)
    page.get_by_role("button", name="Save figure").click()
    name, content = save(page, "SVG")
    assert name == "digits-2d-adam-map.svg"
    groups = [each for each in ET.fromstring(content).iter(f"{SVG}g") if each.get("id", "").startswith("points-")]
    assert sum(len(list(each.iter(f"{SVG}use"))) for each in groups) == 297
    page.get_by_role("combobox", name="Figure").click()
    page.get_by_role("option", name="Decoded plane").click()
    width = page.get_by_role("spinbutton", name="Width (mm)")
    width.fill("120")
    width.press("Enter")
    wait_until_idle(page)
    expect(page.get_by_text("--figure plane --width 120")).to_be_visible()
    name, content = save(page, "PDF")
    assert name == "digits-2d-adam-plane.pdf"
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+)", content)
    assert float(box[1]) / 72 * 25.4 == pytest.approx(120, abs=0.1)


def test_compare_saves_the_curves_of_all_runs(visit):
    page = visit("/compare?runs=digits-2d-adam&runs=digits-2d-amsgrad")
    page.get_by_role("button", name="Save figure").click()
    name, content = save(page, "SVG")
    assert name == "2-runs-curves.svg"
    texts = {text.text for text in ET.fromstring(content).iter(f"{SVG}text")}
    assert {"digits-2d-adam", "digits-2d-amsgrad", "epoch"} <= texts
