"""The first screen of Home answers to the pointer, and its starts lead on."""

import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect


def test_points_stand_in_until_the_decoder_is_there(visit):
    held = []
    hold = lambda route: held.append(route)  # noqa: E731 - Playwright takes no method of a list
    page = visit("/", height=900, prepare=lambda page: page.route("**/*.wasm*", hold))
    desk = page.get_by_test_id("latent-explorer")
    key = desk.get_by_role("img", name="Colours of the points: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9")
    expect(key).to_be_visible()
    colours = (
        "canvas => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, 400, 400).data.buffer)).size"
    )
    assert desk.locator(".stage canvas").first.evaluate(colours) > 8
    for part in (page.get_by_role("textbox", name="Find a model"), page.get_by_role("link", name="VAE and MSSIM-VAE")):
        expect(part).to_be_in_viewport(ratio=1)
    for route in held:
        route.continue_()
    expect(key).to_be_hidden()
    desk.get_by_role("button", name="points").click()
    expect(key).to_be_visible()


@pytest.mark.story
def test_plane_decodes_under_the_pointer_without_the_server(visit):
    sent = []
    page = visit(
        "/",
        height=900,
        prepare=lambda page: page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1))),
    )
    desk = page.get_by_test_id("latent-explorer")
    canvas = desk.locator(".front")
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


def test_home_in_german_and_back(visit):
    """Texts of server and scripts are German; the translations are asked for once; the switch leads back at once."""
    asked = []
    page = visit(
        "/?lang=de",
        prepare=lambda page: page.on(
            "request", lambda request: asked.append(request.url) if "aeviz-language" in request.url else None
        ),
    )
    pad = page.get_by_test_id("latent-pad")
    expect(pad.get_by_role("button", name="Bilder")).to_be_visible()
    expect(page).to_have_title("Start")
    expect(page.get_by_role("button", name="Link kopieren")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("figure").first).to_contain_text("Dekodiert im Browser")
    page.get_by_test_id("stSidebar").get_by_role("radio", name="English").click()
    expect(page).to_have_title("Home")
    expect(pad.get_by_role("button", name="images")).to_be_visible()
    expect(page.locator("figure").first).to_contain_text("Decoded in your browser")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "lang=en" in page.url
    assert len(asked) == 1
    page.goto(page.url.replace("lang=en", ""))
    expect(page).to_have_title("Home")
