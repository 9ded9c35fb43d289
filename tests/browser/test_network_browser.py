"""The page Network and training in the browser: an image on its way through the layers."""

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
