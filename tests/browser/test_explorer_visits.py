"""The decoded plane over a visit: two visitors, the way back from another page, and memory."""

import re

import numpy as np
import pytest
from explorer_page import address, drag, frames, pad, pixels, point, settle, until
from playwright.sync_api import expect


def test_two_visitors_do_not_share_a_point(decode):
    one, other = decode(), decode()
    start, image = point(other), pixels(other)
    drag(one)
    expect(one).to_have_url(re.compile(r"flat\.at="))
    one.get_by_role("button", name="Random point").click()
    settle(one)
    other.get_by_test_id("latent-sliders").get_by_role("slider").first.focus()
    settle(other)
    np.testing.assert_allclose(point(other), start)
    assert (pixels(other) == image).all()
    assert address(other, "flat.at") == ""


def test_back_from_another_page_the_explorer_stands_where_it_was(decode):
    page = decode()
    drag(page)
    there = point(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home").click()  # before the point has gone out
    expect(page.get_by_role("heading", level=1)).to_have_text("aeviz")
    settle(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Explore").click()
    expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"), timeout=60_000)
    assert page.get_by_role("combobox", name="Model").input_value() == "flat"
    until(page, lambda: np.abs(point(page) - there).max() < 0.01, seconds=10)


MANY_DRAGS = """
async ([canvas, count]) => {
  canvas.setPointerCapture = () => undefined; // which knows no pointers that a script made up
  const box = canvas.getBoundingClientRect();
  const say = (kind, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
    pointerId: 1, button: 0, bubbles: true, clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
  for (let drag = 0; drag < count; drag += 1) {
    say('pointerdown', 0.3, 0.5);
    for (let step = 0; step < 3; step += 1) say('pointermove', 0.3 + 0.1 * step, 0.5 + 0.3 * Math.sin(drag));
    say('pointerup', 0.6, 0.5);
    await new Promise(requestAnimationFrame);
  }
}
"""


def kept(page, session):
    """Bytes and nodes that the page still holds after a collection."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(200)
    found = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
    return found["JSHeapUsedSize"] / 2**20, found["Nodes"], found["Documents"]


DRAGS, ROUNDS = 1000, 10


@pytest.mark.timeout(600)
def test_memory_stays_flat_over_drags_and_page_changes(decode):
    """Streamlit keeps a little of each run, hence the slack."""
    page = decode()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    links = page.get_by_test_id("stSidebarNav")

    def wander(rounds):
        for _ in range(rounds):
            links.get_by_role("link", name="Home").click()
            expect(page).to_have_title("Home")
            links.get_by_role("link", name="Explore").click()
            expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"))

    canvas = pad(page).locator(".front").element_handle()
    page.evaluate(MANY_DRAGS, [canvas, 50])
    settle(page)
    before = kept(page, session)
    page.evaluate(MANY_DRAGS, [canvas, DRAGS])
    settle(page)
    dragged = kept(page, session)
    assert frames(page) > DRAGS / 2
    assert dragged[0] < before[0] + 3, (before, dragged)
    assert dragged[1] < before[1] + 300, (before, dragged)
    wander(1)
    settle(page)
    before = kept(page, session)
    wander(ROUNDS)
    settle(page)
    after = kept(page, session)
    assert after[0] < before[0] + 8, (before, after)
    assert after[1] < before[1] + 3000, (before, after)
    assert after[2] <= before[2] + 2, (before, after)
