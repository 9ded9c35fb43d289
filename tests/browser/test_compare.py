"""Compare runs in the browser."""

from playwright.sync_api import expect


def test_all_runs_can_be_cleared_and_chosen_again(visit):
    """Cleared, the address says `runs=`, which names no run."""
    page = visit("/compare?runs=digits-2d-adam&runs=no-such-run")
    expect(page.get_by_text("Not on this machine, left out: no-such-run")).to_be_visible()
    expect(page.get_by_role("heading", name="Curves")).to_be_visible()
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_text("Choose one or more runs above.")).to_be_visible()
    box = page.get_by_role("combobox", name="Runs")
    box.click()
    page.keyboard.type("digits-2d-amsgrad")
    page.get_by_role("option", name="digits-2d-amsgrad", exact=True).click()
    page.keyboard.press("Escape")  # an open list hides the rest of the page from roles
    expect(page.get_by_role("heading", name="Curves")).to_be_visible()


def test_page_opens_on_seeds_and_an_address_that_names_runs_on_them(visit):
    page = visit("/compare")
    expect(page.get_by_text("has the lowest mean validation error")).to_be_visible()
    page.get_by_role("radio", name="single runs").click()
    expect(page.get_by_role("combobox", name="Runs")).to_be_visible()
    page = visit("/compare?runs=digits-2d-adam&runs=digits-2d-amsgrad")
    expect(page.get_by_role("heading", name="Curves")).to_be_visible()
    page.get_by_role("radio", name="optimizers over seeds").click()
    expect(page.get_by_text("Adam minus AMSGrad:")).to_be_visible()
    expect(page.get_by_role("heading", name="Curves")).to_have_count(0)
