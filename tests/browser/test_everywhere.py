"""Each page, section and experiment: axe, names of figures, keyboard, a zoom of 200 %, and reduced motion."""

import pytest
from app_server import wait_until_idle
from axe_playwright_python.sync_playwright import Axe
from everywhere import BEGIN, FIGURES, FOCUS, MOTION, VIEWS
from playwright.sync_api import expect
from test_walk import FITS

NAVIGATION = "node => node.closest('[data-testid=stSidebarNav]') !== null"
BY_STREAMLIT = {"list", "listitem"}
"""Rules that Streamlit 1.67 breaks there, and only there: groups of the navigation are `div` in its list of pages."""
TABS = 80
"""Controls of a page that are visited at most."""
ZOOMED = {"width": 720, "height": 450}
"""A window of 1440 x 900 at 200 %."""
PICTURE = "canvas:visible, svg.main-svg:visible, img:visible"


def stands_still(page):
    """Whether the page looks the same for two seconds: longer than what plays rests. At first it may be computing."""
    for _ in range(12):
        before = page.screenshot(animations="allow")
        for pause in (700, 1300):
            page.wait_for_timeout(pause)
            if page.screenshot(animations="allow") != before:
                break
        else:
            return True
    return False


def serious_findings(page):
    """What axe finds of impact serious or critical, but for what Streamlit does in its navigation."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        (rule["id"], node["html"][:200], node["failureSummary"])
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if rule["id"] not in BY_STREAMLIT or not page.locator(node["target"][0]).first.evaluate(NAVIGATION)
    ]


def tab_through(page, whole=False):
    """Press Tab from control to control of the page, or of the whole window; return what is wrong with the focus."""
    page.evaluate(BEGIN, whole)
    wrong = []
    for _ in range(TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        wrong += found["wrong"]
        if found["isAtEnd"]:
            break
    return wrong + [("looks the same without the focus", each) for each in found["alike"]]


@pytest.mark.parametrize("path", VIEWS)
def test_page_is_accessible(visit, path, subtests):
    """One visit asks all: what does not fit one check still goes through the others."""
    page = visit(path, prepare=lambda page: page.emulate_media(reduced_motion="reduce"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_have_count(1, timeout=60_000)
    with subtests.test("nothing moves by itself"):
        assert stands_still(page)
        assert page.evaluate(MOTION) == []
    with subtests.test("figures have names, and charts numbers"):
        assert page.evaluate(FIGURES) == []
    for scheme in ("light", "dark"):
        with subtests.test(f"axe, {scheme}"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(300)
            wait_until_idle(page)
            assert serious_findings(page) == []
    with subtests.test("keyboard"):
        assert tab_through(page, whole=path == "/status") == []  # the navigation is the same on all
    with subtests.test("zoom of 200 %"):
        page.set_viewport_size(ZOOMED)
        page.wait_for_function(FITS)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for shown in (page.get_by_test_id("stMain").locator(PICTURE), page.get_by_role("heading", level=1)):
            if not shown.count():
                continue  # a page of words
            shown.first.scroll_into_view_if_needed()
            expect(shown.first).to_be_in_viewport()
