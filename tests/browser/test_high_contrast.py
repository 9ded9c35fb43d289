"""High contrast: taken from the address and from the system, kept from page to page, and strong enough."""

import re

import pytest
from app_server import wait_until_idle
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

MAP = "/explore?model=digits-2d-adam&image=17"
SWITCH = "High contrast"
STRENGTH = (
    "() => getComputedStyle(document.querySelector('.stApp')).getPropertyValue('--aeviz-strength').trim() === '1'"
)
PIXELS = """node => {
  const { width, height } = node;
  const data = node.getContext("2d").getImageData(0, 0, width, height).data;
  let opaque = 0, seen = 0;
  for (let k = 3; k < data.length; k += 4) { seen += data[k] > 30; opaque += data[k] > 250; }
  return opaque / seen;
}"""
ENHANCED = {"runOnly": ["color-contrast-enhanced"], "rules": {"color-contrast-enhanced": {"enabled": True}}}


def opaque_share(page):
    """Which share of the pixels of the points is opaque."""
    wait_until_idle(page)
    return page.get_by_test_id("latent-map").locator("canvas.points").first.evaluate(PIXELS)


def test_switch_changes_page_and_map_and_goes_along(visit):
    page = visit(MAP)
    expect(page.locator(".view").first).to_have_attribute("data-frames", "1")
    assert not page.evaluate(STRENGTH)
    before = opaque_share(page)
    page.get_by_text(SWITCH).click()
    expect(page).to_have_url(re.compile("contrast=more"))
    page.wait_for_function(STRENGTH)
    assert opaque_share(page) > before + 0.2
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Units").click()
    expect(page).to_have_title("Units")
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("contrast=more"))
    assert page.evaluate(STRENGTH)
    page.get_by_text(SWITCH).click()
    expect(page).not_to_have_url(re.compile("contrast"))
    page.wait_for_function(f"() => !({STRENGTH})()")


@pytest.mark.parametrize("how", ["address", pytest.param("system", marks=pytest.mark.slow)])
def test_address_and_system_ask_for_it(visit, how):
    """`contrast=more` in a link, or a browser that says `prefers-contrast: more`, also while the page is open."""
    page = visit(MAP + ("&contrast=more" if how == "address" else ""))
    expect(page.locator(".view").first).to_have_attribute("data-frames", "1")
    if how == "system":
        usual = opaque_share(page)
        page.emulate_media(contrast="more")
        page.wait_for_function(STRENGTH)
        assert opaque_share(page) > usual + 0.2
        expect(page).not_to_have_url(re.compile("contrast"))
    page.wait_for_function(STRENGTH)
    edge = "node => getComputedStyle(node).borderTopColor"
    assert page.get_by_role("button", name="Lasso").evaluate(edge) == "rgb(92, 92, 92)"
    if how == "system":
        page.emulate_media(contrast="no-preference")


@pytest.mark.parametrize("paths", [("/", MAP), ("/compare", "/optimizers", "/lessons")])
@pytest.mark.parametrize("dark", [False, True])
def test_texts_have_a_contrast_of_seven_to_one(visit, address, dark, paths, subtests):
    """The rule of WCAG 1.4.6 as axe-core has it."""
    page = visit(paths[0], dark=dark)
    for path in paths:
        with subtests.test(path):
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}contrast=more")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            page.wait_for_function(STRENGTH)
            wait_until_idle(page)
            found = Axe().run(page, options=ENHANCED).response["violations"]
            assert not found, [node["html"][:160] for each in found for node in each["nodes"]]
