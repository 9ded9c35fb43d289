"""Compare runs in the browser."""

import re

import pytest
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


def test_run_that_is_pointed_at_is_marked_in_curves_dots_and_planes(visit):
    page = visit("/compare")
    planes = page.get_by_test_id("run-planes")
    dots = page.locator(".st-key-compare-seed-points .points > path")
    expect(dots).to_have_count(18, timeout=20_000)  # five seeds and a mean of three optimizers
    expect(planes).to_have_attribute("data-idle", "")
    planes.get_by_role("button", name="AMSGrad, seed 2").focus()
    expect(planes).to_have_attribute("data-pointed", "AMSGrad, seed 2")
    expect(page.locator(".aeviz-lit")).to_have_count(2)  # its curve and its dot
    expect(page.locator(".st-key-compare-seeds .aeviz-dim")).to_have_count(17)
    expect(planes.locator("section.dim")).to_have_count(2)
    planes.get_by_role("button", name="AMSGrad, seed 2").blur()
    expect(page.locator(".aeviz-dim")).to_have_count(0)
    dots.nth(16).hover(force=True)  # a seed of momentum; Plotly lays its own area over the dots
    expect(planes).to_have_attribute("data-pointed", re.compile("Momentum, seed"))
    planes.get_by_role("button", name="Adam, seed 3").click()
    expect(page).to_have_url(re.compile("planes=3"))


@pytest.mark.story
def test_page_opens_on_seeds_and_an_address_that_names_runs_on_them(visit):
    page = visit("/compare")
    expect(page.get_by_text("has the lowest mean validation error")).to_be_visible()
    page.get_by_role("radio", name="single runs").click()
    expect(page.get_by_role("combobox", name="Runs")).to_be_visible()
    page = visit("/compare?runs=digits-2d-adam&runs=digits-2d-amsgrad")
    expect(page.get_by_role("heading", name="Curves")).to_be_visible()
    slider = page.get_by_role("slider", name="Epoch of the planes")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0")
    page.get_by_role("radio", name="optimizers over seeds").click()
    expect(page.get_by_text("Adam minus AMSGrad:")).to_be_visible()
    expect(page.get_by_role("heading", name="Curves")).to_have_count(0)
