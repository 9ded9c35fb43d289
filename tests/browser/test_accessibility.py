"""With high contrast axe finds nothing serious on the larger pages; test_everywhere.py has all as they usually are."""

import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect
from test_everywhere import serious_findings

MAPS = ("/explore?model=digits-2d-adam&image=17", "/explore?model=vae-2d&with.vae-2d=nothing")
PATHS = {"home and maps": ("/", *MAPS), "others": ("/lessons", "/compare", "/optimizers", "/playground?data=digits")}
STRONG = "contrast=more"


@pytest.mark.parametrize("pages", ["home and maps", "others"])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(visit, address, dark, pages, subtests):
    """The rules of WCAG that a program can check, as axe-core has them, in both themes."""
    page = visit(PATHS[pages][0], dark=dark)
    for path in PATHS[pages]:
        with subtests.test(path):
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}{STRONG}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            if path in MAPS:
                expect(page.locator(".view").first).to_have_attribute("data-frames", "1")
            wait_until_idle(page)  # what is still being computed is faded
            assert serious_findings(page) == []
