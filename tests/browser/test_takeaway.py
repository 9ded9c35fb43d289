"""A latent space in one file: opened from a disk, without a network, and equal to PyTorch."""

import base64
import io

import numpy as np
import pytest
import torch
from onnx_files import linear_pair
from PIL import Image
from playwright.sync_api import expect

import aeviz
from aeviz.cli import main
from aeviz.data import load_dataset
from aeviz.errors import ExportError
from aeviz.paths import checkpoints_root
from aeviz.training.run import load
from aeviz.training.runs import RunFolder
from aeviz.web.takeaway.page import html_page
from aeviz.web.takeaway.show import show


@pytest.fixture
def offline(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    yield context.new_page()
    context.close()


def grey_of(canvas):
    """Return the pixels of a canvas, (H, W)."""
    _, _, text = canvas.evaluate("canvas => canvas.toDataURL()").partition(",")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("L"), np.int64)


@pytest.mark.story
def test_a_file_decodes_without_a_network_as_pytorch_does(offline, tmp_path, capsys):
    path = tmp_path / "one.html"
    assert main(["export", "digits-2d-adam", "--format", "html", "--out", str(path)]) == 0
    assert "open it in a browser" in capsys.readouterr().out
    assert path.stat().st_size < 1_000_000
    problems = []
    offline.on("pageerror", lambda error: problems.append(str(error)))
    offline.goto(path.as_uri())
    image = offline.get_by_role("img", name="Image decoded by digits-2d-adam at this point")
    expect(offline.get_by_text("by the page itself")).to_be_visible()
    box = offline.locator(".stage .front").bounding_box()
    shown = grey_of(image)
    for x, y in ((0.3, 0.3), (0.7, 0.5)):
        offline.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        expect(offline.locator("[data-idle]").first).to_be_attached()
        before, shown = shown, grey_of(image)
        assert (before != shown).any()
    z = [float(field.input_value()) for field in offline.get_by_test_id("latent-sliders").get_by_role("slider").all()]
    with torch.no_grad():
        expected = load("digits-2d-adam").model.decode(torch.tensor([z])).clamp(0, 1)[0, 0].numpy() * 255
    rows = shown[:: shown.shape[0] // 8, :: shown.shape[1] // 8][:8, :8]
    assert np.abs(rows - expected).max() < 4  # sliders show three digits
    assert not problems


def decoded_in(page, path, run):
    """Return the image that a file of a run shows at z = 0.3, (H, W), and PyTorch's, both in grey levels."""
    z = [0.3] * run.config.model.latent_dim
    page.goto(f"{path.as_uri()}?at={','.join(map(str, z))}")
    expect(page.get_by_text("Decoded in your browser by ONNX Runtime")).to_be_visible()
    expect(page.locator("[data-idle]").first).to_be_attached()
    shown = grey_of(page.get_by_role("img", name=f"Image decoded by {run.name} at this point"))
    with torch.no_grad():
        image = run.model.decode(torch.tensor([z])).clamp(0, 1)[0].numpy() * 255
    grey = np.asarray(
        Image.fromarray(image.round().astype(np.uint8).transpose(1, 2, 0).squeeze()).convert("L"), np.int64
    )
    step = shown.shape[0] // grey.shape[0]
    return shown[::step, ::step], grey


def test_a_decoder_of_faces_is_computed_by_the_runtime_in_the_file(offline, tmp_path):
    path = tmp_path / "faces.html"
    assert main(["export", "celeba-vae", "--format", "html", "--out", str(path)]) == 0
    assert path.stat().st_size < 11_000_000
    assert "non-commercial" in path.read_text(encoding="utf-8")
    shown, expected = decoded_in(offline, path, load("celeba-vae"))
    assert np.abs(shown - expected).max() <= 2


def test_an_imported_decoder_is_computed_by_the_runtime_in_the_file(offline, tmp_path, monkeypatch, no_worker_left):
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    parts = [tmp_path / "encoder.onnx", tmp_path / "decoder.onnx"]
    for file, content in zip(parts, linear_pair(last="HardSigmoid")[:2], strict=True):
        file.write_bytes(content)
    aeviz.import_model("theirs", encoder=parts[0], decoder=parts[1], data="digits")
    path = tmp_path / "theirs.html"
    assert main(["export", "theirs", "--format", "html", "--out", str(path)]) == 0
    shown, expected = decoded_in(offline, path, load("theirs"))
    assert np.abs(shown - expected).max() <= 1


def test_two_models_decode_beside_each_other(offline, tmp_path):
    folders = [RunFolder.read(checkpoints_root() / f"digits-2d-{name}") for name in ("adam", "amsgrad")]
    path = tmp_path / "two.html"
    path.write_text(html_page(*folders), encoding="utf-8")
    offline.goto(path.as_uri())
    expect(offline.get_by_role("img", name="Image decoded by digits-2d-amsgrad at this point")).to_be_visible()
    expect(offline.get_by_text("of the variance explained")).to_be_visible()


@pytest.mark.story
def test_vectors_from_anywhere_are_a_map_with_images(offline, tmp_path):
    digits = load_dataset("digits", "test")
    images = digits.images[:]
    path = show(
        images.reshape(len(images), -1), labels=digits.labels, images=images, path=tmp_path / "map.html", opens=False
    )
    problems = []
    offline.on("pageerror", lambda error: problems.append(str(error)))
    offline.goto(path.as_uri())
    expect(offline.get_by_text("principal components")).to_be_visible()
    expect(offline.get_by_role("group", name="Classes shown").get_by_role("button")).to_have_count(10)
    box = offline.locator(".stage").first.bounding_box()
    place = offline.locator("[data-idle]").first.evaluate("root => root.screenOf(0, 3)")
    offline.mouse.move(box["x"] + place[0], box["y"] + place[1])
    expect(offline.locator(".tip")).to_contain_text("point")
    expect(offline.locator(".tip canvas")).to_be_visible()
    assert not problems


@pytest.mark.story
def test_what_does_not_fit_is_said_in_a_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    digits = RunFolder.read(checkpoints_root() / "digits-2d-adam")
    circles = RunFolder.read(checkpoints_root() / "circles-3d")
    with pytest.raises(ExportError, match="other images"):
        html_page(digits, circles)
    assert main(["export", "digits-2d-adam", "--format", "html", "--out", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err
    assert main(["export", "digits-2d-adam", "--format", "onnx", "--second", "x"]) == 2
    assert main(["export", "digits-2d-adam", "--second", "celeba-vae", "--format", "html"]) == 2
    assert "no latents.npz" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
