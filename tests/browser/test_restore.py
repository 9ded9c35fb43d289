"""Corrupted images, anomalies and regimes in a real browser: a level that is dragged, the address, a click."""

import re

import pytest
from playwright.sync_api import expect

PATIENCE_MS = 30_000
"""For what a fresh server shows first: it starts PyTorch and loads a model before."""


def picture(page, name):
    return page.get_by_role("img", name=re.compile(name))


def test_level_changes_what_is_restored_and_is_in_the_address(visit):
    """Each press of an arrow key corrupts more; a reload shows the same again."""
    page = visit("/reconstruct?source=corrupted+images&model=digits-2d-adam")
    restored = picture(page, "^Restored by digits-2d-adam")
    expect(restored).to_be_visible(timeout=PATIENCE_MS)
    before = restored.get_attribute("src")
    page.get_by_role("slider", name="Level").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"level=0\.7(&|$)"))
    expect(restored).not_to_have_attribute("src", before, timeout=PATIENCE_MS)
    after = None
    while after != (after := restored.get_attribute("src")):  # the levels that were passed may still come
        page.wait_for_timeout(1500)
    words = restored.get_attribute("alt")
    page.reload()
    expect(picture(page, re.escape(words))).to_have_attribute("src", after, timeout=PATIENCE_MS)


@pytest.mark.slow  # as in tests/pages/test_restore_pages.py
def test_anomalies_are_listed_and_another_page_is_in_the_address(visit):
    page = visit("/reconstruct?source=anomalies&model=anomaly-without-2")
    expect(picture(page, r"^Rank 1: .*class 2 \(anomaly\)")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("was trained without class 2")).to_be_visible()
    page.get_by_role("button", name="Page 2", exact=True).click()
    expect(picture(page, "^Rank 25: ")).to_be_visible()
    expect(page).to_have_url(re.compile("sheet=2"))


@pytest.mark.slow  # as in tests/pages/test_restore_pages.py
def test_choosing_anomalies_turns_to_a_model_that_was_trained_for_it(visit):
    page = visit("/reconstruct")
    expect(page.get_by_role("combobox", name="Model")).to_have_value("mlp-2d-adam", timeout=PATIENCE_MS)
    page.get_by_text("anomalies", exact=True).click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value("anomaly-without-2")
    expect(page).to_have_url(re.compile("source=anomalies"))
    page.reload()
    expect(page.get_by_role("combobox", name="Model")).to_have_value("anomaly-without-2", timeout=PATIENCE_MS)


@pytest.mark.slow  # as in tests/pages/test_restore_pages.py
def test_regimes_are_drawn_anew_from_the_next_seed(visit):
    page = visit("/regimes")
    for model in ("regime-reconstruction", "regime-kl", "regime-both"):
        expect(picture(page, f"^Latent map of {model}")).to_be_visible(timeout=PATIENCE_MS)
    expect(picture(page, "36 samples from the prior, seed 0")).to_have_count(3)
    columns = page.get_by_test_id("prior-samples")
    columns.nth(2).get_by_role("application").hover()  # a sample: its point is marked in all three planes
    shown = columns.nth(2).get_attribute("data-shown")
    assert int(shown) >= 0
    for place in range(3):
        expect(columns.nth(place)).to_have_attribute("data-shown", shown)
        expect(columns.nth(place).locator(".ring")).to_be_visible()
    page.get_by_role("button", name="Again").click()
    expect(picture(page, "36 samples from the prior, seed 1")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"seed=1(\.0)?(&|$)"))
