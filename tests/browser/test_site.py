"""The site on a web server that knows nothing of aeviz: gallery, a model, a lesson, the playground."""

import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from playwright.sync_api import expect
from test_playground_browser import choose, fact, play_until
from test_takeaway import grey_of

from aeviz.cli import main
from aeviz.config import DataConfig
from aeviz.data import load_dataset
from aeviz.playground.choices import DEFAULTS, config_of
from aeviz.playground.replay import replay
from aeviz.training.run import load

NAMES = ("digits-2d-adam", "digits-2d-amsgrad")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a site below a path, as GitHub Pages has it."""
    root = tmp_path_factory.mktemp("pages")
    assert main(["export", *NAMES, "--format", "site", "--out", str(root / "some" / "place")]) == 0
    command = [sys.executable, "-u", "-m", "http.server", "0", "-d", str(root), "--bind", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        port = re.search("port ([0-9]+)", server.stdout.readline())[1]
        yield f"http://127.0.0.1:{port}/some/place/"
        server.terminate()


@pytest.fixture
def visitor(chromium, site):
    """A page that reaches the site and no other host, and the list of what went wrong."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    problems = []
    context.route(
        lambda url: not url.startswith(site), lambda route: (problems.append(route.request.url), route.abort())
    )
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("response", lambda answer: problems.append(answer.url) if answer.status >= 400 else None)
    yield page, problems
    context.close()


def test_gallery_leads_to_a_model_that_decodes_as_pytorch_does(visitor, site):
    page, problems = visitor
    page.goto(site)
    expect(page.get_by_text("by the page itself")).to_be_visible()
    page.locator("#models").get_by_role("link", name="Autoencoder, 2 dimensions, Adam").click()
    expect(page).to_have_url(f"{site}models/{NAMES[0]}.html")
    expect(page.get_by_text("Decoded in your browser by the page itself")).to_be_visible()
    box = page.locator(".stage .front").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"], steps=5)
    page.mouse.up()
    expect(page.locator("[data-idle]").first).to_be_attached()
    sliders = page.get_by_test_id("latent-sliders").get_by_role("slider").all()
    z = [float(field.input_value()) for field in sliders]
    page.goto(f"{page.url}?at={','.join(map(str, z))}")  # at the very numbers that the sliders show
    expect(page.get_by_text("Decoded in your browser by the page itself")).to_be_visible()
    expect(page.locator("[data-idle]").first).to_be_attached()
    shown = grey_of(page.get_by_role("img", name=f"Image decoded by {NAMES[0]} at this point"))
    with torch.no_grad():
        expected = load(NAMES[0]).model.decode(torch.tensor([z])).clamp(0, 1)[0, 0].numpy() * 255
    assert np.abs(shown[:: shown.shape[0] // 8, :: shown.shape[1] // 8][:8, :8] - expected).max() <= 1
    page.get_by_role("link", name=" and ".join(NAMES)).click()
    expect(page.get_by_role("img", name=f"Image decoded by {NAMES[1]} at this point")).to_be_visible()
    assert not problems


def test_a_lesson_asks_first_and_explains_then(visitor, site):
    page, problems = visitor
    page.goto(f"{site}lessons/latent-space.html")
    first, second = (page.get_by_role("region", name=f"Step {place}", exact=True) for place in (1, 2))
    expect(first.get_by_text("Look for:")).to_be_hidden()
    first.get_by_role("button", name="Answer").click()
    expect(first.get_by_text("Choose an answer first")).to_be_visible()
    first.get_by_label("about 75").check()
    first.get_by_role("button", name="Answer").click()
    expect(first.get_by_text("As you predicted: about 75")).to_be_visible()
    expect(first.get_by_text("Look for:")).to_be_visible()
    expect(first.get_by_text("needs the app").last).to_be_visible()  # its model is not in this site
    second.get_by_label("scattered over the whole map").check()
    second.get_by_role("button", name="Answer").click()
    expect(second.get_by_text("Not as you predicted.")).to_be_visible()
    expect(page.get_by_text("1 of 2 predictions were right.")).to_be_visible()
    assert not problems


def test_the_playground_trains_as_pytorch_does_and_offers_what_is_there(visitor, site):
    page, problems = visitor
    page.goto(f"{site}playground.html?optimizer=amsgrad&hidden=64.48")
    part = page.get_by_test_id("playground")
    expect(part.get_by_role("button", name="Play")).to_be_enabled()
    choose(part, "Latent", "gaussian")
    expect(page).to_have_url(re.compile("bottleneck=gaussian"))
    expect(part).to_have_attribute("data-idle", "")
    step = part.get_by_role("button", name="Step", exact=True)
    for count in range(1, 6):
        step.click()
        expect(fact(part, "Step")).to_have_text(str(count))
    values = {**DEFAULTS, "data": "digits", "hidden": "64.48", "bottleneck": "gaussian", "optimizer": "amsgrad"}
    images = load_dataset(DataConfig(name="digits"), "train").images[:2000]
    expected = replay(config_of(values, (1, 8, 8)), images.reshape(len(images), -1), 5).losses[:, 0].mean()
    assert float(fact(part, "Loss").inner_text()) == pytest.approx(expected, rel=0.01)

    absent = part.get_by_role("combobox", name="Activation", exact=True).locator("option[value=tanh]")
    expect(absent).to_be_disabled()  # of these hidden layers there is none
    expect(part.get_by_role("button", name="Fewer: units of hidden layer 1")).to_be_disabled()
    expect(page.get_by_text("What is greyed out needs a network that is not in this site")).to_be_visible()
    part.get_by_role("button", name="Fewer: units of hidden layer 2").click()
    expect(page).not_to_have_url(re.compile("hidden="))
    expect(absent).to_be_enabled()
    choose(part, "Images", "circles")
    expect(part.get_by_role("img", name="Hidden 1: 128 units")).to_be_visible()
    expect(part).to_have_attribute("data-idle", "")
    play_until(part, 20)
    assert not problems
