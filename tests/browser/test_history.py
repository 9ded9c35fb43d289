"""The browser's Back and Forward lead from page to page, each as it was left."""

import re
from urllib.parse import urlsplit

from app_server import choose, wait_until_idle
from playwright.sync_api import expect


def choose_model(page, name):
    choose(page, "Model", name)
    expect_model(page, name)


def expect_model(page, name):
    expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value(name)
    expect(page).to_have_url(re.compile(rf"[?&]model={name}(&|$)"))
    wait_until_idle(page)


def follow(page, title):
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
    wait_until_idle(page)


def test_back_and_forward_show_each_page_as_it_was_left(visit):
    page = visit("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    follow(page, "Explore")
    choose_model(page, "digits-2d-amsgrad")
    choose_model(page, "vae-2d")
    follow(page, "Reconstruct")
    expect_model(page, "vae-2d")
    choose_model(page, "digits-2d-adam")
    follow(page, "Generate")
    for title, model in (("Reconstruct", "digits-2d-adam"), ("Explore", "vae-2d")):
        page.go_back()
        expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
        expect_model(page, model)
    page.go_back()
    expect(page.get_by_role("heading", name="aeviz", exact=True, level=1)).to_be_visible()
    assert urlsplit(page.url).query == ""
    for title, model in (("Explore", "vae-2d"), ("Reconstruct", "digits-2d-adam")):
        page.go_forward()
        expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
        expect_model(page, model)
