"""A visitor brings images of their own: drops a zip or a folder, sees them, trains on them, and looks at the map."""

import io
import re
import zipfile

import numpy as np
import pytest
from app_server import serve, wait_until_idle
from PIL import Image
from playwright.sync_api import expect
from test_train_in_the_app import PATIENCE_MS, open_settings, row

from aeviz.data import load_dataset


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """60 digits in class folders, as a folder and as a zip of it, and a zip of 8,000 larger images."""
    home = tmp_path_factory.mktemp("mine")
    data = load_dataset("digits", "test")
    for place, (image, label) in enumerate(zip(data.images[:60, 0], data.labels[:60], strict=True)):
        folder = home / "my digits" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{place}.png")
    with zipfile.ZipFile(home / "my digits.zip", "w") as archive:
        for path in (home / "my digits").rglob("*.png"):
            archive.write(path, path.relative_to(home))
    out = io.BytesIO()
    Image.fromarray(np.zeros((300, 300), np.uint8)).save(out, "PNG")
    with zipfile.ZipFile(home / "large.zip", "w") as archive:
        for place in range(8_000):
            archive.writestr(f"{place}.png", out.getvalue())
    return home


@pytest.fixture(scope="module")
def server(tmp_path_factory, runs_dir):
    """A server with a cache of its own."""
    home = tmp_path_factory.mktemp("server")
    with serve(
        home / "log",
        AEVIZ_RUNS=str(runs_dir),
        AEVIZ_DATA=str(home / "data"),
        AEVIZ_CACHE=str(home / "cache"),
        AEVIZ_JOBS="1",
    ) as url:
        yield url, home / "cache" / "uploads"
    assert not [path for path in (home / "cache" / "uploads").rglob("*") if path.is_file()], (
        "uploads outlived the server"
    )


def test_zip_and_folder_are_shown_and_trained_on_and_stop_leaves_nothing(visit, digits, server):
    base, uploads = server
    page = visit("/train", base=base)
    page.get_by_text("Your own images").click()
    uploader = page.locator("[data-testid=stFileUploader] input[type=file]")
    uploader.set_input_files(digits / "large.zip")
    stop = page.get_by_test_id("stMain").get_by_role("button", name="Stop")  # Streamlit has one of its own above
    stop.click()
    expect(stop).to_have_count(0)
    wait_until_idle(page)
    expect(page.get_by_text("as training will see them")).to_have_count(0)
    assert not [path for path in uploads.rglob("*") if path.is_file() and path.name != "server.lock"]

    uploader.set_input_files(digits / "my digits.zip")
    expect(page.get_by_text("as training will see them")).to_be_visible()
    expect(page.get_by_text("60 images, 8x8 pixels, grey (60 train, 10 of them become the test set)")).to_be_visible()

    page.get_by_role("button", name="Bring others").click()
    page.get_by_role("radio", name="A folder").click()
    page.locator("[data-testid=stFileUploader] input[webkitdirectory]").set_input_files(digits / "my digits")
    expect(page.get_by_text("my digits: 60 images, 8x8 pixels")).to_be_visible()

    open_settings(page)
    field = page.get_by_role("spinbutton", name="Epochs")
    field.fill("1")
    field.press("Enter")
    expect(page.locator("code", has_text="aeviz train").filter(has_text="train.epochs=1")).to_have_count(1)
    page.get_by_role("button", name="Start training").click()
    expect(page).to_have_url(re.compile("run=quick-look-on-my_digits"))
    name = re.search(r"run=([\w-]+)", page.url)[1]
    expect(row(page, name)).to_contain_text("my_digits (uploaded)")
    expect(row(page, name)).to_contain_text("finished", timeout=PATIENCE_MS)
    page.get_by_test_id("stMain").get_by_role("link", name="Explore").click()
    expect(page.get_by_text(re.compile("10 test images of my_digits"))).to_be_visible()
