"""The first screen of Home answers to the pointer, and its starts lead on."""

from app_server import wait_until_idle
from playwright.sync_api import expect


def test_plane_decodes_under_the_pointer_without_the_server(visit):
    sent = []
    page = visit(
        "/",
        height=900,
        prepare=lambda page: page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1))),
    )
    desk = page.get_by_test_id("latent-explorer")
    canvas = desk.locator("canvas.front")
    expect(canvas).to_be_visible()
    expect(desk).to_have_attribute("data-idle", "")
    wait_until_idle(page)
    box = canvas.bounding_box()
    assert box["y"] + box["height"] < 900  # above the fold
    image = desk.locator(".image")
    before = image.evaluate("canvas => canvas.toDataURL()")
    seen, before_moves = set(), len(sent)
    assert before_moves
    for step in range(1, 6):
        page.mouse.move(box["x"] + box["width"] * step / 6, box["y"] + box["height"] * 0.3)
        page.wait_for_timeout(60)
        seen.add(desk.get_attribute("data-point"))
    assert len(seen) == 5
    expect(desk).to_have_attribute("data-idle", "")
    assert image.evaluate("canvas => canvas.toDataURL()") != before
    assert len(sent) == before_moves


def test_starts_lead_to_two_models_side_by_side(visit):
    page = visit("/")
    page.get_by_role("link", name="Adam and AMSGrad").click()
    expect(page.get_by_role("heading", name="Explore", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value("mlp-2d-adam")
    expect(page.get_by_role("combobox", name="Compare with", exact=True)).to_have_value("mlp-2d-amsgrad")
    page.go_back()
    page.get_by_role("link", name="Encode your own image").click()
    expect(page.get_by_text("Draw here")).to_be_visible()
