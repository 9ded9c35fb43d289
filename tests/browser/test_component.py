"""A latent space in somebody else's Streamlit app, started from a folder of its own."""

import re
import textwrap

import numpy as np
import pytest
from app_server import log_before_stop, serve, wait_until_idle
from playwright.sync_api import expect

from aeviz.paths import PROJECT_ROOT


@pytest.fixture(scope="module")
def example():
    """The ten lines of the guide."""
    guide = (PROJECT_ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    found = re.search(r"    import numpy as np\n    import streamlit as st\n.*?selected\"\)\n", guide, re.DOTALL)
    return textwrap.dedent(found[0])


@pytest.fixture(scope="module")
def other_app(example, tmp_path_factory):
    folder = tmp_path_factory.mktemp("somewhere-else")
    more = 'st.write("point", *found.point)\nif st.button("Home"):\n    st.session_state.at = [1.0, 2.0]\n'
    text = example.replace('key="space"', 'key="space", point=st.session_state.get("at")')
    text += more + 'aeviz.component.vectors_map(np.random.default_rng(0).normal(size=(40, 4)), key="other")\n'
    (folder / "app.py").write_text(text)
    log = folder / "server.log"
    with serve(log, cwd=folder, STREAMLIT_BROWSER_GATHER_USAGE_STATS="false") as url:
        yield url
    assert "Traceback" not in log_before_stop(log)


def test_a_drag_gives_the_point_to_the_script(chromium, other_app):
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: other_app[7:] in request.url or request.url[:4] != "http" or problems.append(request.url),
    )
    page.goto(other_app)
    page.locator(".explorer[data-idle]").wait_for(timeout=60_000)

    def point_of_script():
        text = page.get_by_text(re.compile(r"^point ")).inner_text()
        return [float(number) for number in text.split()[1:]]

    start = point_of_script()
    box = page.locator(".stage .front").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.6 * box["height"], steps=4)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"^point "))).not_to_have_text(f"point {start[0]} {start[1]}")
    wait_until_idle(page)
    shown = [float(value) for value in page.locator(".explorer").get_attribute("data-point").split()]
    np.testing.assert_allclose(point_of_script(), shown, atol=1e-3)

    page.get_by_role("button", name="Home").click()
    wait_until_idle(page)
    page.get_by_role("button", name="Box").nth(0).click()  # the script runs once more by the lasso
    page.mouse.move(box["x"] + 3, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.9 * box["height"], steps=4)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* test images selected"))).to_be_visible()
    assert point_of_script() == [1.0, 2.0]
    expect(page.locator(".explorer")).to_have_attribute("data-point", "1.000 2.000")
    assert page.get_by_test_id("stException").count() == 0
    context.close()
    assert not problems


def test_the_example_of_the_guide_runs(example):
    from streamlit.testing.v1 import AppTest

    assert len(example.splitlines()) <= 11
    app = AppTest.from_string(example, default_timeout=60).run()
    assert not app.exception
    assert app.markdown[-1].value == "0 test images selected"
