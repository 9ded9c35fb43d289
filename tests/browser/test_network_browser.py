"""The page Network and training in the browser: an image on its way through the layers."""

import re

import pytest
from playwright.sync_api import expect
from safetensors.numpy import load_file

from aeviz.paths import PROJECT_ROOT


@pytest.mark.story
def test_image_and_latent_value_are_answered_without_a_rerun_and_the_image_is_in_the_address(visit):
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
    across, up = row.get_by_role("slider").all()
    pad = row.get_by_role("img", name="Plane of z1 and z2")
    box = pad.bounding_box()
    pad.click(position={"x": 0.9 * box["width"], "y": 0.9 * box["height"]})
    expect(output).to_contain_text("z changed")
    shares = [slider.evaluate("node => (node.value - node.min) / (node.max - node.min)") for slider in (across, up)]
    assert shares == pytest.approx([0.9, 0.1], abs=0.03)
    question = part.locator(".question")
    expect(question).to_contain_text(re.compile(r"^(Not an? \d yet|✓ Now it is an? \d): "))
    x, y = map(int, pad.get_attribute("data-target").split())  # the mark of the class to reach
    for beside, above in ((0, 0), (9, 0), (-9, 0), (0, 9), (0, 22 if y > 44 else -22)):  # the last one is its name
        pad.click(position={"x": box["width"] / 2, "y": box["height"] - 8})
        pad.click(position={"x": x + beside, "y": y - above})
        expect(question).to_contain_text(re.compile(r"^✓ Now it is an? \d: so are [345] of the 5 images"))
        assert pad.get_attribute("data-target") == f"{x} {y}"
    row.get_by_role("button", name="Reset z").click()
    row.get_by_role("img", name="Activations of encoder, layer 1").click(position={"x": 5, "y": 5})
    expect(question).to_contain_text(
        re.compile(r"^Encoder, layer 1, unit 1: [\d.]+ for the \d\. What is it for the \d\?")
    )
    expect(question.get_by_role("button")).to_have_text(["0", "not 0"])
    expect(part.get_by_role("status")).to_contain_text("encoder, layer 1, unit 1:")
    tip = part.get_by_role("status")
    weights = load_file(PROJECT_ROOT / "checkpoints" / "digits-2d-adam" / "model.safetensors")["encoder.1.weight"]
    expect(tip).to_contain_text(re.compile(r"Its weights, up to ±[\d.]+, one for each input"))
    assert float(re.search(r"±([\d.]+)", tip.inner_text())[1]) == pytest.approx(abs(weights[0]).max(), abs=6e-3)
    expect(tip.locator("canvas")).to_be_visible()
    row.get_by_role("img", name="Activations of encoder, layer 2").focus()
    page.keyboard.press("ArrowRight")  # the keyboard reaches each unit
    expect(tip).to_contain_text("encoder, layer 2, unit 2:")
    expect(tip).to_contain_text("the 5 inputs with the largest")
    expect(part.get_by_text("+max of each layer")).to_be_visible()
    frames = int(part.locator(".model").first.get_attribute("data-frames"))
    for _ in range(2):
        part.get_by_role("button", name="Next").first.click()
    expect(page).to_have_url(re.compile(r"[?&]image=3\b"))
    expect(question).to_contain_text(re.compile(r"unit 1: [\d.]+ for the \d, [\d.]+ for the \d\. Next: move z"))
    expect(part).to_have_attribute("data-image", "3")
    expect(part).to_have_attribute("data-idle", "")
    assert int(part.locator(".model").first.get_attribute("data-frames")) > frames  # the network was not built anew
    page.set_viewport_size({"width": 390, "height": 844})  # there squares are seen at once, and words at the lower edge
    page.reload()
    expect(part).to_have_attribute("data-image", "3")
    squares = row.get_by_role("img", name="Activations of encoder, layer 1")
    expect(squares).to_be_in_viewport(ratio=0.5)
    tap = """(node, y) => {
        const { left, top } = node.getBoundingClientRect();
        const place = { clientX: left + 5, clientY: top + y };
        node.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch", ...place }));
        node.dispatchEvent(new PointerEvent("pointermove", { pointerType: "touch", ...place }));
    }"""
    expect(output).to_contain_text("MSE")
    expect(part).to_have_attribute("data-idle", "")
    page.mouse.move(0, 0)
    for close in (
        lambda: squares.evaluate(tap, 5),  # the same unit once more
        lambda: squares.press("Escape"),
        tip.get_by_role("button", name="Close").click,
    ):
        squares.evaluate(tap, 5)
        expect(tip).to_contain_text("encoder, layer 1, unit 1:")
        expect(tip).to_be_in_viewport(ratio=0.99)
        for seen in (row.get_by_role("img", name="Image", exact=True), output, row.get_by_role("slider").first):
            expect(seen).to_be_in_viewport(ratio=0.99)  # the words on a unit cover none of them
            assert seen.bounding_box()["y"] + seen.bounding_box()["height"] <= tip.bounding_box()["y"]
        close()
        expect(tip).to_be_hidden()
    row.get_by_role("region", name="encoder, layer 2").get_by_role("button").click()
    expect(tip).to_have_text(
        re.compile(r"Each of the (\d+) units is a weighted sum of all (\d+) values .*\2 . \1 = ", re.DOTALL)
    )
    pad.click(position={"x": 8, "y": 8})
    x, y = map(int, pad.get_attribute("data-target").split())
    pad.click(position={"x": x, "y": y})
    part.get_by_role("button", name="Show the decoder").click()
    unit = row.get_by_role("img", name="Activations of decoder, layer 2")
    expect(unit).to_be_in_viewport(ratio=1)
    expect(row.get_by_role("slider").first).to_be_in_viewport(ratio=1)  # z and what it changes are seen together
    for y in range(5, 140, 24):  # another unit each time: a second tap closes the note
        unit.evaluate(tap, y)
        if ": 0.00" not in tip.inner_text():  # it answers to z
            break
    for seen in (unit, output, row.get_by_role("slider").first, tip):
        expect(seen).to_be_in_viewport(ratio=0.99)
    said = []
    for _ in range(3):  # the words on a unit follow z
        for _ in range(4):
            row.get_by_role("slider").first.press("ArrowRight")
        expect(part).to_have_attribute("data-idle", "")
        page.evaluate("() => new Promise(requestAnimationFrame)")
        said.append(tip.inner_text())
        for _ in range(2):  # closed, and shown again
            unit.evaluate(tap, y)
        assert tip.inner_text() == said[-1]
    assert len(set(said)) == 3
    page.set_viewport_size({"width": 1280, "height": 900})
    part.get_by_role("button", name="Previous").first.click(click_count=3)
    expect(part).to_have_attribute("data-image", "0")
    expect(page).not_to_have_url(re.compile("image="))


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
    sides = page.locator(".sides")
    expect(sides).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})  # there the rows are a screen apart
    for figure, row in zip(sides.locator("figure").all()[1:], rows.all(), strict=True):
        expect(figure).to_be_in_viewport(ratio=0.99)
        error = row.get_by_role("region", name="Reconstruction").locator(".note").inner_text()
        expect(figure.locator(".note")).to_have_text(error)


def test_code_of_many_values_is_changed_by_its_cells(visit):
    """More than ten latent values have one slider, for the cell chosen last; a drag on a cell changes it too."""
    page = visit("/network?model=mlp-64d-adam&with.mlp-64d-adam=nothing")
    row = page.get_by_test_id("activations").get_by_role("region", name="mlp-64d-adam", exact=True)
    output = row.get_by_role("region", name="Reconstruction")
    expect(output).to_contain_text("MSE")
    cells = row.get_by_role("img", name=re.compile("bottleneck z"))
    box = cells.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 4)
    page.mouse.down()
    expect(row.get_by_role("slider")).to_have_count(1)
    page.mouse.move(box["x"] + box["width"] + 40, box["y"] + 4)
    page.mouse.up()
    expect(output).to_contain_text("z changed")
    before = row.get_by_role("slider").get_attribute("aria-valuetext")
    row.get_by_role("slider").press("ArrowRight")
    expect(row.get_by_role("slider")).not_to_have_attribute("aria-valuetext", before)
    page.set_viewport_size({"width": 390, "height": 844})  # image, what z is decoded to and z are on the first screen
    for name in ("Image", "Reconstruction"):
        expect(row.get_by_role("img", name=name, exact=True)).to_be_in_viewport(ratio=0.99)
    expect(cells).to_be_in_viewport(ratio=0.99)
    expect(row.get_by_role("slider")).to_be_in_viewport(ratio=0.99)


def test_network_that_the_browser_refuses_leaves_a_reason_and_the_table(visit):
    page = visit(
        "/network?model=digits-2d-adam", prepare=lambda page: page.add_init_script("delete globalThis.WebAssembly")
    )
    part = page.get_by_test_id("activations")
    expect(
        part.get_by_text(re.compile("^Your browser cannot show the activations: .*no WebAssembly")).first
    ).to_be_visible()
    expect(part).to_have_attribute("data-idle", "")
    expect(page.get_by_text("All layers of digits-2d-adam as a table")).to_be_visible()


def test_parameters_of_the_layers_and_of_the_model_are_reconciled(visit):
    """The exported encoder of a variational model lacks the log-variance head: the row says so."""
    page = visit("/network?model=vae-10d&with.vae-10d=nothing")
    row = page.get_by_test_id("activations").get_by_role("region", name="vae-10d", exact=True)
    expect(row).to_contain_text("212,373 weights and biases")
    expect(row).to_contain_text(
        "The layers shown hold 211,723 of the 212,373 parameters. Not counted: the head of the log-variance"
    )
