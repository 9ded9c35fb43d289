"""The page Network and training in the browser: an image on its way through the layers."""

import re

from playwright.sync_api import expect


def test_image_and_latent_value_are_answered_by_the_layers_without_a_rerun(visit):
    page = visit("/network?model=digits-2d-adam")
    part = page.get_by_test_id("activations")
    row = part.get_by_role("region", name="digits-2d-adam", exact=True)
    expect(row).to_have_attribute("data-engine", "ONNX Runtime")
    expect(part).to_have_attribute("data-image", "0")
    part.get_by_role("button", name="Next").first.click()
    expect(part).to_have_attribute("data-image", "1")
    output = row.get_by_role("region", name="Reconstruction")
    expect(output).to_contain_text("MSE")
    before = output.inner_text()
    row.get_by_role("slider").first.press("ArrowRight")
    expect(output).to_contain_text("z changed")
    row.get_by_role("button", name="Reset z").click()
    expect(output).to_have_text(before, use_inner_text=True)
    row.get_by_role("img", name="Activations of encoder, layer 1").hover(position={"x": 5, "y": 5})
    expect(part.get_by_role("status")).to_contain_text("encoder, layer 1, unit 1:")


def test_networks_of_two_face_models_answer(visit):
    """Four large networks share the runtime, which does one thing at a time; codes stand in for images."""
    page = visit("/network?model=celeba-vae&with.celeba-vae=celeba-msssim-vae")
    rows = page.get_by_test_id("activations").locator(".model")
    expect(rows).to_have_count(2)
    for row in (rows.nth(0), rows.nth(1)):
        expect(row).to_have_attribute("data-frames", re.compile(r"\d+"), timeout=60_000)
    expect(page.get_by_text("the median stands in the middle")).to_be_visible()
    for row in (rows.nth(0), rows.nth(1)):
        expect(row.get_by_role("region", name="Reconstruction")).to_be_in_viewport(ratio=0.2)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(rows.nth(1)).to_have_attribute("data-frames", "2")
