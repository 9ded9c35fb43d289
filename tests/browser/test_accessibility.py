"""axe finds nothing serious on Home, Explore, Lessons, Compare runs, Optimizers and the Playground."""

import pytest
from app_server import wait_until_idle
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

BY_STREAMLIT = {"list", "listitem"}
"""Streamlit 1.67 puts the groups of the navigation as `div` into its list of pages (`stSidebarNavItems`)."""
MAPS = ("/explore?model=digits-2d-adam&image=17", "/explore?model=vae-2d&with.vae-2d=nothing")
PATHS = {"home and maps": ("/", *MAPS), "others": ("/lessons", "/compare", "/optimizers", "/playground?data=digits")}
STRONG = "contrast=more"


@pytest.mark.parametrize("pages", ["home and maps", "others"])
@pytest.mark.parametrize("look", ["", STRONG], ids=["usual", "high contrast"])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(visit, address, dark, look, pages, subtests):
    """The rules of WCAG that a program can check, as axe-core has them, in both themes, also with high contrast."""
    page = visit(PATHS[pages][0], dark=dark)
    for path in PATHS[pages]:
        with subtests.test(path):
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}{look}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            if path in MAPS:
                expect(page.locator(".view").first).to_have_attribute("data-frames", "1")
            wait_until_idle(page)  # what is still being computed is faded
            found = Axe().run(page).response["violations"]
            serious = [each for each in found if each["impact"] in ("serious", "critical")]
            ours = [each for each in serious if each["id"] not in BY_STREAMLIT]
            assert not ours, [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in ours]
            for each in serious:
                if each["id"] in BY_STREAMLIT:
                    assert all("stSidebarNav" in str(node["html"]) or "<li" in node["html"] for node in each["nodes"])
