"""The app as `streamlit run app.py` starts it, and Debian's Chromium to look at it."""

import os
import shutil
from pathlib import Path

import pytest
from app_server import serve

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium; tests are skipped where there is none."""
    path = os.environ.get("AEVIZ_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.skip("no Chromium found: install Debian's package chromium, or set AEVIZ_CHROMIUM to a browser's path")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # beside another test process a page may take its time
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def runs_dir(tmp_path_factory):
    """The AEVIZ_RUNS of the running app, empty at first."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def server_log(tmp_path_factory):
    """What the server printed."""
    return tmp_path_factory.mktemp("log") / "server.log"


@pytest.fixture(scope="session")
def address(runs_dir, server_log, tmp_path_factory):
    """Address of the app without any data set on disk."""
    with serve(server_log, AEVIZ_RUNS=str(runs_dir), AEVIZ_DATA=str(tmp_path_factory.mktemp("data"))) as url:
        yield url


@pytest.fixture
def visit(chromium, address):
    """A function that opens a page of the app in a fresh browser session.

    When the test is over it checks that no page showed a traceback and none logged an error of ours.
    """
    contexts, problems = [], []

    def open_page(path="/", *, width=1440, height=1000, dark=False, touch=False, base=address, prepare=None):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        if prepare:
            prepare(page)
        page.goto(base + path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            assert page.get_by_test_id("stException").count() == 0, page.get_by_test_id("stException").inner_text()
        context.close()
    assert not problems, problems
