"""The Playground in the browser: a network that the page trains by itself."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect


def open_playground(visit, query="", **options):
    """Open the playground with the digits that ship, and wait until its network is open."""
    page = visit(f"/playground?data=digits{query}", **options)
    part = page.get_by_test_id("playground")
    expect(part).to_have_attribute("data-structure", re.compile("digits"))
    expect(part.get_by_role("button", name="Play")).to_be_enabled()
    expect(part).to_have_attribute("data-idle", "")
    return page, part


def fact(part, name):
    """Return the locator of a number in the bar."""
    return part.locator(".fact").filter(has=part.page.get_by_text(name, exact=True)).locator("b")


def step_of(part):
    return int(part.locator(".controls-bar").get_attribute("data-step"))


def play_until(part, step):
    """Train until that step at least, and pause."""
    part.get_by_role("button", name="Play").click()
    bar = part.locator(".controls-bar").element_handle()
    part.page.wait_for_function("([bar, step]) => Number(bar.dataset.step) >= step", arg=[bar, step])
    part.get_by_role("button", name="Pause").click()
    expect(part).to_have_attribute("data-idle", "")


def choose(part, name, value):
    part.get_by_role("combobox", name=name, exact=True).select_option(value)


@pytest.mark.story
def test_a_network_learns_in_the_page_answers_changes_and_begins_again_with_the_same_numbers(visit):
    page, part = open_playground(visit)
    step = part.get_by_role("button", name="Step", exact=True)
    for count in (1, 2, 3):
        step.click()
        expect(fact(part, "Step")).to_have_text(str(count))
    first = fact(part, "Loss").inner_text()
    play_until(part, 300)
    assert float(fact(part, "Held-out error").inner_text()) < 0.07
    plane = part.locator(".latent-plane canvas").last
    pixels = plane.evaluate("canvas => canvas.toDataURL()")
    part.get_by_role("group", name="Classes shown").get_by_role("button", name="3").dblclick()
    expect(part.get_by_role("button", name="All", exact=True)).to_be_visible()
    page.wait_for_function("([canvas, before]) => canvas.toDataURL() !== before", arg=[plane.element_handle(), pixels])
    page.get_by_role("button", name="Copy link").click()
    copied = page.get_by_role("button", name="Link copied")
    expect(copied.or_(page.get_by_role("textbox", name="Copy this address"))).to_be_visible()
    part.get_by_role("button", name="Restart").click()
    expect(fact(part, "Step")).to_have_text("0")
    for _ in range(3):
        step.click()
    expect(fact(part, "Step")).to_have_text("3")
    expect(fact(part, "Loss")).to_have_text(first)

    part.get_by_text("More settings").click()
    choose(part, "Processor", "webgpu")
    expect(part.get_by_text(re.compile("^WebAssembly trains: .*WebGPU"))).to_be_visible()
    choose(part, "Processor", "auto")

    part.get_by_role("button", name="Play").click()
    choose(part, "Optimizer", "sgd")
    part.get_by_role("slider", name="Learning rate", exact=True).press("ArrowRight")
    expect(page).to_have_url(re.compile(r"rate=0\.003\b"))
    expect(page).to_have_url(re.compile(r"optimizer=sgd\b"))
    choose(part, "Noise on images", "masking")  # a new plan, but the same weights
    expect(part).to_have_attribute("data-structure", re.compile("masking"))
    assert step_of(part) > 3
    for data in ("circles", "digits") * 3:  # images of another size, while it runs
        choose(part, "Images", data)
        expect(part).to_have_attribute("data-structure", re.compile(data))
        expect(fact(part, "Held-out error")).to_have_text(re.compile(r"\d"))
        part.page.wait_for_timeout(500)  # some looks at the images
        expect(part.get_by_role("status").first).not_to_contain_text("cannot be trained")
    part.get_by_role("button", name="Pause").click()

    part.get_by_role("button", name="More: latent dimension").click()
    expect(page).to_have_url(re.compile(r"latent=3\b"))
    expect(part.get_by_role("combobox", name="Up: latent dimension")).to_have_value("1")
    expect(fact(part, "Step")).to_have_text("0")
    page.go_back()
    expect(part.get_by_role("combobox", name="Up: latent dimension")).to_have_count(0)


def test_two_networks_share_weights_and_batches_and_a_point_is_decoded_by_both(visit):
    page, part = open_playground(visit, "&second=amsgrad&bottleneck=gaussian")
    expect(part.get_by_role("heading", name="AMSGrad", exact=True)).to_be_visible()
    part.get_by_role("button", name="Step", exact=True).click()
    expect(fact(part, "Step")).to_have_text("1")
    one, other = fact(part, "Loss").inner_text().split(" | ")
    assert one == other  # the first batch meets equal weights
    play_until(part, 400)
    one, other = fact(part, "Loss").inner_text().split(" | ")
    assert float(one) < 0.2
    assert one != other
    expect(fact(part, "KL")).to_contain_text("nats")
    words = part.locator(".decoded .values")
    before = words.inner_text()
    image = part.get_by_role("img", name="The image that the network decodes at the point").first
    pixels = image.evaluate("canvas => canvas.toDataURL()")
    box = part.get_by_role("img", name="Latent plane").first.bounding_box()
    mouse = part.page.mouse
    mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"], steps=4)
    mouse.up()
    expect(words).not_to_have_text(before)
    expect(part).to_have_attribute("data-idle", "")
    assert image.evaluate("canvas => canvas.toDataURL()") != pixels

    for k in range(1, 40):  # over the points: one of them shows its image
        mouse.move(box["x"] + box["width"] * (0.2 + 0.015 * k), box["y"] + 0.45 * box["height"])
        if part.locator(".hover-card:visible").count():
            break
    expect(part.locator(".hover-card").first).to_contain_text(re.compile(r"\d, image \d+"))

    step = step_of(part)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Train", exact=True).click()
    expect(page).to_have_url(re.compile("/train"))
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Playground").click()
    expect(part.get_by_role("heading", name="AMSGrad", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("second=amsgrad"))
    expect(fact(part, "Step")).to_have_text(f"{step:,}")
    choose(part, "Second network", "seed")
    expect(part.get_by_role("heading", name="Adam, seed 1")).to_be_visible()


def test_training_goes_on_without_the_server_and_changes_of_the_optimizer_too(visit):
    page, part = open_playground(visit)
    expect(part).to_have_attribute("data-spare", "")
    page.context.set_offline(True)
    try:
        play_until(part, 50)
        choose(part, "Optimizer", "amsgrad")
        choose(part, "Second network", "sgd")
        expect(part.get_by_role("heading", name="SGD", exact=True)).to_be_visible()
        expect(fact(part, "Held-out error")).to_contain_text("|")  # both begin together
        expect(fact(part, "Step")).to_have_text("0")
        play_until(part, 50)
        assert step_of(part) >= 50
    finally:
        page.context.set_offline(False)


def test_a_drawing_wanders_through_the_plane_and_a_kept_model_becomes_a_run(visit, runs_dir):
    page, part = open_playground(visit)
    part.get_by_role("button", name="Draw").click()
    pad = part.get_by_role("application")
    box = pad.bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1)
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()
    play_until(part, 200)
    expect(part.get_by_role("img", name="Latent plane")).to_have_attribute("aria-label", re.compile("your drawing at"))
    part.get_by_role("button", name="Keep").click()
    expect(part.get_by_text(re.compile("^Kept after"))).to_be_visible()
    link = part.get_by_role("link", name="Open in Train")
    name = link.get_attribute("href").partition("run=")[2]
    assert (runs_dir / name / "model.safetensors").is_file()
    link.click()
    expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("finished").first).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("dark", [True])
def test_on_a_phone_play_and_plane_come_first_and_own_images_are_learned(visit, dark, tmp_path):
    _, part = open_playground(visit, width=390, height=844, touch=True, dark=dark)
    expect(part.get_by_role("button", name="Play")).to_be_in_viewport()
    expect(part.get_by_role("img", name="Latent plane")).to_be_in_viewport(ratio=0.6)
    play_until(part, 100)
    wide = """root => [...root.querySelectorAll(":scope > *")].map(
        (part) => [part.className, part.getBoundingClientRect().right - root.getBoundingClientRect().right])"""
    assert [name for name, excess in part.evaluate(wide) if excess > 1] == []
    choose(part, "Images", "own")
    expect(part.get_by_text("At least 5 are needed")).to_be_visible()
    expect(part.get_by_role("button", name="Play")).to_be_disabled()
    files = []
    for place in range(8):
        files.append(tmp_path / f"{place}.png")
        Image.new("RGB", (40 + place, 30), (30 * place, 100, 20)).save(files[-1])
    (tmp_path / "broken.png").write_bytes(b"no image")
    part.get_by_label("Choose images").first.set_input_files([*files, tmp_path / "broken.png"])
    expect(part.get_by_text("1 file could not be read as images or were too many. 8 images of yours")).to_be_visible()
    expect(part.get_by_role("button", name="Play")).to_be_enabled()
    expect(fact(part, "Step")).to_have_text("0")
    play_until(part, 20)


def test_a_learning_rate_that_is_too_large_is_named(visit):
    page, part = open_playground(visit, "&optimizer=sgd&rate=100&loss=bce")
    part.get_by_role("button", name="Play").click()
    expect(part.get_by_role("status").first).to_contain_text("Restart with a learning rate of 0.1.")
    expect(part).to_have_attribute("data-finding", re.compile("diverged|mean|standstill"))
    part.get_by_role("button", name="Restart with rate 0.1").click()
    expect(part.get_by_role("slider", name="Learning rate", exact=True)).to_have_attribute("aria-valuetext", "0.1")
    expect(page).to_have_url(re.compile(r"rate=0\.1\b"))
    expect(part.get_by_role("button", name="Pause")).to_be_visible()
    expect(part).to_have_attribute("data-finding", "")
    part.get_by_role("button", name="Pause").click()
