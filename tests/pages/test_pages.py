"""Every page as a visitor without data, network or a browser has it: AppTest runs the scripts themselves."""

import ast
import dataclasses
import json
import re
import shutil
from pathlib import Path

import pytest
from visits import assert_healthy, open_page, open_plane, texts

from aeviz.data.mnist import FAMILIES
from aeviz.paths import checkpoints_root
from aeviz.web.kernel.models import list_models

PAGES = {
    "home": "aeviz",
    "explore": "Explore",
    "units": "Units",
    "reconstruct": "Reconstruct",
    "generate": "Generate",
    "network": "Network and training",
}
MODELS = sorted(path.name for path in checkpoints_root().iterdir() if (path / "config.json").is_file())
KINDS = {
    "plane": "mlp-2d-adam",
    "space": "circles-3d",
    "many dimensions": "conv-64d-amsgrad",
    "denoising": "denoising",
    "class left out": "anomaly-without-2",
    "variational": "vae-10d",
    "anchored": "vae-2d-anchored",
    "quantized": "vq-mnist",
    "faces": "celeba-msssim-vae",
}
"""A model of each kind that pages tell apart."""


def kind(name):
    """What pages look at to tell models apart."""
    config = json.loads((checkpoints_root() / name / "config.json").read_text())
    data, model, objective = config["data"], config["model"], config["objective"]
    if data["name"] == "celeba":
        return "faces"
    if model["bottleneck"] == "gaussian":
        return "anchored" if model["prior"] == "anchored" else "variational"
    if model["bottleneck"] == "quantized":
        return "quantized"
    if data.get("without") is not None:
        return "class left out"
    if objective.get("corruption", "none") != "none":
        return "denoising"
    return {2: "plane", 3: "space"}.get(model["latent_dim"], "many dimensions")


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_without_data_and_network(app, name):
    assert_healthy(open_page(app, name), PAGES[name])


@pytest.mark.parametrize(
    ("name", "kind_of_model"),
    [
        (name, kind_of_model)
        for name in PAGES
        for kind_of_model in KINDS
        if name != "home"
        # faces ship without encoded images: tests/pages/test_faces_pages.py
        and not (kind_of_model == "faces" and name in ("explore", "reconstruct", "units"))
    ],
)
def test_page_shows_every_kind_of_model(app, name, kind_of_model):
    app = open_page(app, name, KINDS[kind_of_model])
    assert_healthy(app, PAGES[name])
    assert app.selectbox(key="model").value == KINDS[kind_of_model]


def test_every_shipped_model_is_of_a_kind_that_the_pages_are_tested_with():
    assert {kind(name) for name in MODELS} == {kind(name) for name in KINDS.values()} == set(KINDS)


@pytest.mark.parametrize("name", PAGES)
def test_page_without_models_says_how_to_get_one(app_without_models, name):
    app = open_page(app_without_models, name)
    assert not app.exception
    assert "aeviz train digits-2d-adam" in app.info[0].value


def cards(app):
    """Names of the models that ship whose cards are shown."""
    return [text.split(" · ")[0] for text in texts(app.caption) if text.split(" · ")[0] in MODELS]


def test_gallery_shows_each_shipped_model_with_its_error(home):
    for key in ("more-Autoencoders", "more-Variational autoencoders"):
        home.button(key=key).click().run()
    assert not home.exception
    captions = " ".join(texts(home.caption))
    for model in MODELS:
        history = [json.loads(line) for line in (checkpoints_root() / model / "history.jsonl").read_text().splitlines()]
        best = min(history, key=lambda report: report["val_loss"])
        assert model in cards(home)
        assert f"{best['val_mse']:.5f}" in captions


def test_gallery_shows_two_rows_of_each_group_at_first(home):
    assert 16 <= len(cards(home)) <= 18  # eight of each large group, and the faces
    assert home.button(key="more-Autoencoders").label.startswith("Show all ")


def test_gallery_is_searched_by_words_of_name_data_and_description(home):
    home.text_input(key="find").set_value("mnist VAE 2-d").run()
    assert not home.exception
    assert {"vae-2d", "vae-2d-anchored"} <= set(cards(home))
    assert "mlp-2d-adam" not in cards(home)
    assert "vae-2d: VAE, 2 dimensions, AMSGrad" in [link.proto.label for link in home.get("page_link")]
    home.text_input(key="find").set_value("no ![such](http://x.example/) model").run()
    assert "No model fits" in home.info[-1].value
    assert "![" not in home.info[-1].value  # nothing that is typed becomes a picture


def test_small_numbers_do_not_break_over_two_lines(home):
    home.text_input(key="find").set_value("vae-64d").run()
    assert any("KL weight 4·10⁻⁷" in text for text in texts(home.caption))


def test_gallery_shows_a_new_run(app, tmp_path):
    shutil.copytree(checkpoints_root() / "digits-2d-adam", tmp_path / "runs" / "my-first-run")
    app.run()
    assert "**my-first-run**" in texts(app.markdown)
    assert "Your own runs" in texts(app.subheader)


def test_gallery_shows_an_unfinished_run_and_how_to_go_on(app, tmp_path):
    run = tmp_path / "runs" / "half-done"
    shutil.copytree(checkpoints_root() / "digits-2d-adam", run, ignore=shutil.ignore_patterns("latents.npz"))
    app.run()
    assert not app.exception
    assert "aeviz train --resume" in app.info[0].value


@pytest.mark.parametrize("damaged", ["latents.npz", "history.jsonl", "config.json"])
def test_damaged_run_does_not_hide_the_others(app, tmp_path, damaged):
    run = tmp_path / "runs" / "damaged"
    shutil.copytree(checkpoints_root() / "digits-2d-adam", run)
    (run / damaged).write_text("not what it was\n")
    app.run()
    assert not app.exception
    assert "mlp-2d-adam" in cards(app)


def test_damaged_weights_give_a_message(app, tmp_path):
    run = tmp_path / "runs" / "damaged"
    shutil.copytree(checkpoints_root() / "digits-2d-adam", run)
    (run / "model.safetensors").write_bytes(b"\x00" * 100)
    app = open_page(app, "generate", "damaged")
    assert not app.exception
    assert "cannot read model.safetensors of run 'damaged'" in app.error[0].value


def test_damaged_weights_give_a_message_in_the_explorer(app, desk, tmp_path):
    run = tmp_path / "runs" / "damaged"
    shutil.copytree(checkpoints_root() / "digits-2d-adam", run)
    (run / "model.safetensors").write_bytes(b"\x00" * 100)
    app = open_plane(app, "damaged")
    assert not app.exception
    app = desk.send(app, "request", {"number": 1, "kind": "decode", "model": 0, "points": [[0, 0]]})
    assert not app.exception
    assert "cannot read model.safetensors of run 'damaged'" in desk.header["response"]["error"]


def test_explore_offers_the_twin_first_and_shows_one_model_until_then(app):
    app = open_page(app, "explore", "digits-2d-adam")
    assert app.selectbox(key="with.digits-2d-adam").value == "nothing"
    assert app.selectbox(key="with.digits-2d-adam").options[:2] == ["nothing", "digits-2d-amsgrad"]
    app.selectbox(key="with.digits-2d-adam").set_value("digits-2d-amsgrad").run()
    app.toggle(key="align").set_value(True).run()
    assert any(caption.startswith("Aligned: ") for caption in texts(app.caption))
    app.selectbox(key="with.digits-2d-adam").set_value("nothing").run()
    assert not app.exception
    assert [toggle.key for toggle in app.main.toggle] == ["own"]


def test_decode_follows_the_hand(app, desk):
    app = open_plane(app, "digits-2d-adam")
    (view,) = desk.header["decoder_views"]
    assert view["alt"] == "Image decoded by digits-2d-adam at this point"
    assert desk.header["parts"] == ["pad", "own", "sliders", "strip", "nearest", "waypoints"]
    app = desk.move(app, [desk.axes[0]["high"], desk.header["point"][1]])
    assert not app.exception
    assert [axis["name"] for axis in desk.axes] == ["z1", "z2"]
    assert "z1_" in "".join(app.query_params["digits-2d-adam.at"])


def test_decode_far_corner_is_marked(app, desk):
    app = open_plane(app, "digits-2d-adam")
    assert not app.warning
    app = desk.move(app, [desk.axes[0]["low"], desk.axes[1]["high"]])
    assert "Out of distribution" in app.warning[0].value


def test_decode_buttons_move_and_reset_the_point(app, desk):
    app = open_plane(app, "digits-2d-adam")
    start = desk.header["point"]
    app.button(key="image").click().run()
    assert desk.header["point"] != start
    app.button(key="reset").click().run()
    assert desk.header["point"] == start


def pair_grids(app):
    """What the grids of originals and reconstructions were sent, the originals first where there are any."""
    shown = (component.proto for component in app.get("bidi_component"))
    return next(json.loads(proto.json)["grids"] for proto in shown if proto.component_name == "aeviz.pairs")


def test_reconstruct_shows_originals_of_built_in_data(app):
    app = open_page(app, "reconstruct", "digits-2d-adam")
    originals, reconstructions = pair_grids(app)[:2]
    assert (originals["text"], originals["title"], reconstructions["title"]) == (
        "Originals",
        "Original",
        "digits-2d-adam",
    )
    number, label = re.match(
        r"test image (\d+), class (\d); the nearest images vote \d", originals["words"][0]
    ).groups()
    table = list_models()["digits-2d-adam"].require_latents()
    assert table.labels[int(number)] == int(label) == 0
    error = f"error {table.error[int(number)]:.2f}; the nearest images vote "
    assert reconstructions["words"][0].startswith(error)
    assert not app.button
    assert any("Equal places show the same image" in caption for caption in texts(app.caption))
    read = [grid["marked"] for grid in pair_grids(app)]
    assert read[0] == []
    for place, words in enumerate(reconstructions["words"]):  # ten images of each class in a row
        assert (place in read[1]) == (not words.endswith(f"vote {place // 10}"))
    kept = next(text for text in texts(app.markdown) if "that keep their class" in text)
    assert 0 < int(re.search(r"digits-2d-adam (\d+)%", kept)[1]) <= 100
    (link,) = {link for html in app.get("html") for link in re.findall(r"explore\?[^']*image=\d+", html.proto.body)[:1]}
    assert link.startswith("explore?model=digits-2d-adam&amp;image=")
    chosen = next(text for text in texts(app.markdown) if " read as " in text and "Original left" in text)
    original, reading, count = re.match(
        r"\*\*(\d) read as (\d)\*\* by digits-2d-adam: (\d+) of \d+ images", chosen
    ).groups()
    assert original != reading  # the most frequent confusion
    assert int(count) > 0


def test_address_asks_reconstruct_for_its_images_alone_or_for_the_originals(app):
    app = open_page(app, "reconstruct", "digits-2d-adam", only="images")
    assert [grid["title"] for grid in pair_grids(app)] == ["Original", "digits-2d-adam", "digits-2d-amsgrad"]
    assert not any(grid["marked"] for grid in pair_grids(app))
    assert not any("keep their class" in text for text in texts(app.markdown))
    app = open_page(app, "reconstruct", "digits-2d-adam", only="originals")
    assert [grid["title"] for grid in pair_grids(app)] == ["Original"]
    assert not texts(app.subheader)


def test_reconstruct_without_mnist_offers_the_download_and_says_why_it_fails(app, monkeypatch):
    if "mlp-2d-adam" not in MODELS:
        pytest.skip("no MNIST model ships yet")
    nobody = dataclasses.replace(FAMILIES["mnist"], mirrors=("http://127.0.0.1:9/",))  # the discard port
    monkeypatch.setitem(FAMILIES, "mnist", nobody)
    app = open_page(app, "reconstruct", "mlp-2d-adam")
    captions = [grid["text"] for grid in pair_grids(app)]
    assert "Originals" not in captions
    assert captions[0].startswith("mlp-2d-adam: mean Euclidean error")
    app.button(key="download.mnist").click().run()
    assert not app.exception
    assert "mnist" in app.error[0].value.lower()


def test_network_page_names_the_logged_target(app):
    if "mlp-2d-adam" not in MODELS:
        pytest.skip("no MNIST model ships yet")
    app = open_page(app, "network", "mlp-2d-adam")
    table = app.table[-1].value
    assert table.loc["author's log, validation MSE", "mlp-2d-adam"] == "0.03794"


def test_network_page_says_that_ten_dimensions_are_twelve_units_wide(app):
    if "mlp-64d-adam" not in MODELS:
        pytest.skip("no 64-d model ships yet")
    app = open_page(app, "network", "mlp-64d-adam")
    assert "12 units" in app.info[0].value


def test_network_page_sends_networks_and_test_images_to_the_page(app):
    app = open_page(app, "network", "digits-2d-adam")
    assert not app.exception
    assert [expander.label for expander in app.expander if "All layers" in expander.label]
    parts = [component.proto for component in app.get("bidi_component")]
    assert sum("blobs" in part.component_name for part in parts) >= 3  # images, encoder, decoder
    assert any(part.component_name.endswith("activations") for part in parts)


def test_pages_hold_no_maths_and_no_torch():
    for path in (Path(__file__).parents[2] / "pages").glob("*.py"):
        text = path.read_text()
        assert "import torch" not in text
        assert "import numpy" not in text
        loops = (ast.For, ast.While, ast.DictComp, ast.SetComp, ast.GeneratorExp)
        found = [ast.unparse(node) for node in ast.walk(ast.parse(text)) if isinstance(node, loops)]
        assert set(found) <= {"[run for run in (first, second) if run is not None]"}, path
