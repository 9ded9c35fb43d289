"""Ways that lead to Explore, and from it: addresses of former pages, a dropped image, selected images to train on."""

import base64
import io
import re

import numpy as np
from app_server import wait_until_idle
from PIL import Image
from playwright.sync_api import expect
from test_explore import inspector
from test_walk import drawn_map

DROP = """text => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "seven.png", { type: "image/png" }));
  const drop = (kind) => new DragEvent(kind, { dataTransfer, bubbles: true, composed: true, cancelable: true });
  const target = document.querySelector("h1");
  const isTaken = !target.dispatchEvent(drop("dragover"));
  target.dispatchEvent(drop("drop"));
  return isTaken;
}"""


def test_image_that_is_dropped_anywhere_is_placed_on_the_map(visit):
    """The page takes files of images wherever they are dropped, at first and when it shows files already."""
    page = visit("/explore?model=digits-2d-adam&with.digits-2d-adam=nothing")
    drawn_map(page)
    wait_until_idle(page)
    before = page.get_by_test_id("latent-explorer").get_attribute("data-point")
    content = io.BytesIO()
    Image.fromarray(np.eye(64, dtype=np.uint8) * 255).save(content, "PNG")
    text = base64.b64encode(content.getvalue()).decode()
    assert page.evaluate(DROP, text)
    expect(inspector(page).get_by_test_id("chosen-image")).to_have_attribute("data-image", "own")
    expect(page.get_by_test_id("latent-explorer")).not_to_have_attribute("data-point", before)
    expect(page).to_have_url(re.compile("own=true"))
    wait_until_idle(page)
    assert page.evaluate(DROP, text)
    expect(page.get_by_text("Image taken")).to_be_visible()
    assert page.get_by_test_id("stAlertContentError").count() == 0


def test_former_address_leads_to_explore(visit):
    """Links to the page Latent space, as they were shared before, show the same map."""
    page = visit("/latent_space?model=vae-2d&with.vae-2d=nothing&image=42&hidden=1.7")
    expect(page).to_have_url(re.compile("/explore[?]"))
    expect(page).to_have_title("Explore")
    latent_map = drawn_map(page)
    expect(latent_map).to_have_attribute("data-selected", "42")
    expect(latent_map.get_by_role("button", name="7", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("combobox", name="Model")).to_have_value("vae-2d")


def test_former_address_of_decode_leads_to_the_decoded_plane(visit):
    """Links to the page Decode, as they were shared before, show the same point of the same models."""
    page = visit("/decode?model=vae-2d&beside.vae-2d=regime-both&vae-2d.at=z1_-2~z2_3")
    expect(page).to_have_url(re.compile("/explore[?]"))
    expect(page.get_by_test_id("latent-pad")).to_be_visible()
    expect(page.get_by_test_id("latent-explorer")).to_have_attribute("data-point", "-2.000 3.000")
    expect(page.get_by_role("combobox", name="Compare with")).to_have_value("regime-both")
    expect(page.get_by_test_id("nearest-images").get_by_role("button")).to_have_count(8)


def test_network_is_trained_on_the_selected_images(visit):
    """From an outline on the map to the form of Train, which has those images and can start."""
    page = visit("/explore?model=digits-2d-adam&with.digits-2d-adam=nothing&outline=0~-99,-99~99,-99~99,99~-99,99")
    page.get_by_role("button", name="Train on these").click()
    expect(page).to_have_url(re.compile(r"/train\?.*folder="))
    expect(page.get_by_text(re.compile(r"Images in .*digits-297-"))).to_be_visible()
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()
