"""The app as `streamlit run app.py` starts it, and Debian's Chromium to look at it."""

import os
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from app_server import PAGE_MS, serve

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

    expect.set_options(timeout=PAGE_MS)
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


@pytest.fixture(scope="session")
def visitors(chromium):
    """Browsers with nothing but a cache in common from test to test: whether they have a touch screen, and a number."""
    return defaultdict(list)


@pytest.fixture
def visit(chromium, visitors, address):
    """A function that opens a page of the app as another visitor with each call.

    When the test is over it checks that no page showed a traceback and none logged an error of ours.
    """
    contexts, problems = [], []

    def open_page(path="/", *, width=1440, height=1000, dark=False, touch=False, base=address, prepare=None):
        kind = visitors[touch]
        free = [context for context in kind if context not in contexts]
        context = free[0] if free else chromium.new_context(has_touch=touch)
        if not free:
            kind.append(context)
        contexts.append(context)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_default_timeout(PAGE_MS)
        session = context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": base, "storageTypes": "local_storage"})
        session.detach()
        page.on("pageerror", lambda error: problems.append(str(error)))
        if prepare:
            prepare(page)
        page.goto(base + path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            problems += page.get_by_test_id("stException").all_inner_texts()
            page.close()
        context.clear_cookies()
    assert not problems, problems
