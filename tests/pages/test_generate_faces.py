"""Generate for models of large images with attributes, that ship without encoded images, and for own pictures."""

import base64
import io
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from test_generate_page import captions, crosses, open_section, pictures, said, walk_of
from visits import assert_healthy, film_of, open_page

from aeviz.analysis.summary import summarise
from aeviz.config import ModelConfig
from aeviz.paths import checkpoints_root
from aeviz.training.history import EpochReport, write_history
from aeviz.training.samples import PriorSamples, write_prior
from aeviz.training.summary import read_summary, write_summary

NAMES = ("Smiling", "Eyeglasses", "Wearing_Hat", "Never")
EPOCHS = (1, 12, 50)
BLANK = Image.fromarray(np.full((90, 60, 3), 120, dtype=np.uint8))


def png(picture=BLANK):
    file = io.BytesIO()
    picture.save(file, format="PNG")
    return file.getvalue()


@pytest.fixture
def faces(random_run, tmp_path):
    """The models 'faces' and 'others' with random weights, as faces ship: with statistics, without encoded images."""
    rng = np.random.default_rng(0)
    runs = tmp_path / "runs"
    runs.mkdir()
    network = ModelConfig(
        image_shape=(3, 64, 64),
        encoder="conv_bn",
        decoder="conv_bn",
        bottleneck="gaussian",
        latent_dim=6,
        channels=(4, 4, 8, 8, 8),
        output="tanh",
    )
    for seed, name in enumerate(("faces", "others")):
        path = random_run(network, f"runs/{name}", seed).folder.path
        config = json.loads((path / "config.json").read_text())
        config["data"]["name"] = "celeba"
        config["train"]["epochs"] = EPOCHS[-1]
        (path / "config.json").write_text(json.dumps(config))
        has = rng.random((200, 4)) < [0.5, 0.2, 0.0, 0.0]
        has[:5, 2] = True
        z = rng.normal(size=(200, 6)) + 2 * has[:, [0]]
        write_summary(path, summarise(z, kl=np.ones(6), attributes=has, attribute_names=NAMES))
        images = rng.integers(0, 256, (len(EPOCHS), 20, 3, 64, 64), dtype=np.uint8)
        write_prior(path, PriorSamples(epochs=np.array(EPOCHS), images=images))
        write_history(
            path / "history.jsonl",
            [
                EpochReport(epoch=each, train_loss=0.1, val_loss=1 / each, val_mse=0.1, learning_rate=0.01, seconds=1.0)
                for each in range(1, EPOCHS[-1] + 1)
            ],
        )
    return runs


@pytest.fixture
def labelled(tmp_path):
    """The model 'digits', of which test images are known and, as if they were faces, attributes as well."""
    path = tmp_path / "runs" / "digits"
    shutil.copytree(checkpoints_root() / "digits-2d-adam", path)
    with np.load(path / "latents.npz", allow_pickle=False) as arrays:
        z, labels = arrays["z"].astype(np.float64), arrays["labels"]
    write_summary(path, summarise(z, attributes=np.stack([labels == 0, labels > 4], axis=1), attribute_names=NAMES[:2]))
    return path


@pytest.mark.parametrize("section", ["samples", "interpolate", "arithmetic"])
def test_every_section_works_without_the_data_set(faces, app, section):
    app = open_section(app, "faces", section)
    assert_healthy(app, "Generate")
    assert not app.warning
    assert pictures(app)
    drawings = [base64.b64decode(picture.split(",", 1)[1]) for picture in pictures(app) if "svg" in picture]
    assert not any(b"pixelated" in drawing for drawing in drawings)


def test_samples_are_fewer_and_can_be_drawn_where_the_data_lie(faces, app):
    app = open_section(app, "faces", "samples")
    assert captions(app) == ["faces: 36 samples from the prior N(0, I), temperature 1"]
    assert "class" not in [box.key for box in app.selectbox]
    app.segmented_control(key="draw").set_value("Gaussian fitted to the data").run()
    assert_healthy(app, "Generate")
    assert "36 samples from a Gaussian fitted to the encoded images" in captions(app)[0]


def test_number_needs_a_model_of_digits(faces, app):
    app = open_section(app, "faces", "write a number")
    assert not app.error
    assert "cannot write digits" in app.info[0].value
    assert "vae-2d-anchored" in [button.label for button in app.button]


# As it learned


def test_film_shows_both_models_beside_each_other_with_their_losses(faces, app):
    app = open_section(app, "faces", "over training")
    assert_healthy(app, "Generate")
    assert film_of(app)["now"] == ["faces after epoch 1 of 50: validation loss 1.0000 (mean squared error)"]
    app.selectbox(key="with.faces").set_value("others").run()
    film = film_of(app)
    assert (film["epochs"], film["at"], film["beside"], film["smooth"]) == (list(EPOCHS), 1, True, True)
    assert [each["count"] for each in film["sets"]] == [20, 20]
    assert [each["texts"][1].split(" (")[0] for each in film["sets"]] == [
        "faces after epoch 12 of 50: validation loss 0.0833",
        "others after epoch 12 of 50: validation loss 0.0833",
    ]
    (chart,) = film["charts"]  # their objectives are the same
    assert chart["series"][1]["raw"].tolist() == pytest.approx([1 / each for each in range(1, 51)])
    assert "the same noise" in said(app)


def test_film_opens_at_the_epoch_of_the_address_and_of_each_model_at_the_newest_before(faces, app):
    write_prior(
        faces / "others", PriorSamples(epochs=np.array([1, 30]), images=np.zeros((2, 4, 3, 64, 64), dtype=np.uint8))
    )
    app = open_page(app, "generate", "faces", make="over training", epoch="12", **{"with.faces": "others"})
    assert_healthy(app, "Generate")
    film = film_of(app)
    assert (film["epochs"], film["at"]) == ([1, 12, 30, 50], 12)
    assert [text.split(":")[0] for text in film["now"]] == ["faces after epoch 12 of 50", "others after epoch 1 of 50"]
    app.selectbox(key="model").set_value("others").run()
    assert_healthy(app, "Generate")
    assert film_of(app)["at"] == 1


@pytest.mark.parametrize(("model", "why"), [("silent", "recorded no samples"), ("mlp-2d-adam", "plain autoencoder")])
def test_model_without_draws_names_those_that_have_them(faces, app, model, why, tmp_path):
    shutil.copytree(
        checkpoints_root() / "regime-kl",
        tmp_path / "runs" / "silent",
        ignore=shutil.ignore_patterns("prior_samples.npz", "samples"),
    )
    app = open_section(app, model, "over training")
    assert_healthy(app, "Generate")
    assert why in app.info[0].value
    offered = {button.label for button in app.button}
    assert "silent" not in offered
    assert "vae-2d" in offered


def test_damaged_draws_give_a_message(faces, app):
    (faces / "faces" / "prior_samples.npz").write_bytes(b"no zip")
    app = open_section(app, "faces", "over training")
    assert not app.exception
    assert "prior_samples.npz of run 'faces'" in app.error[0].value


# Paths


def test_path_leads_between_samples_where_no_test_image_is_known(faces, app):
    app = open_section(app, "faces", "interpolate")
    assert "test image" not in app.segmented_control(key="start-from").options
    assert captions(app)[0].startswith("sample from the prior N(0, I), seed 0")
    assert "90 % of the samples from the prior N(0, I)" in said(app)
    assert "ships without encoded images (terms of celeba)" in said(app)
    assert "download.celeba" in [button.key for button in app.button]
    before = pictures(app)
    app.number_input(key="end-seed").set_value(7).run()
    assert pictures(app)[0] == before[0]
    assert pictures(app)[1] != before[1]


def test_path_has_as_many_images_as_asked_for(faces, app):
    app = open_section(app, "faces", "interpolate")
    for count, columns in ((7, 7), (21, 11)):
        app.slider(key="steps").set_value(count).run()
        assert_healthy(app, "Generate")
        walk = walk_of(app)
        assert [len(row["at"]) for row in walk["rows"]] == [count] * 2
        assert [(row["at"][0], row["at"][-1]) for row in walk["rows"]] == [(0, len(walk["stops"]) - 1)] * 2
        assert {row["columns"] for row in walk["rows"]} == {columns}


def test_path_starts_at_an_image_of_the_visitor(faces, app):
    app = open_section(app, "faces", "interpolate")
    app.segmented_control(key="start-from").set_value("own image").run()
    assert "Add an image to continue" in said(app)
    app.file_uploader[0].set_value(("me.png", png(), "image/png")).run()
    assert_healthy(app, "Generate")
    assert captions(app)[0] == "me.png"
    assert walk_of(app)["rows"][0]["title"].startswith("Linear")
    assert "90 % of the samples from a Gaussian fitted to the data" in said(app)


def test_both_ends_may_be_the_same_own_picture(faces, app):
    app = open_section(app, "faces", "interpolate")
    for place in ("start", "end"):
        app.segmented_control(key=f"{place}-from").set_value("own image").run()
    for index in (0, 1):
        app.file_uploader[index].set_value(("me.png", png(), "image/png")).run()
    assert_healthy(app, "Generate")
    assert captions(app)[:2] == ["me.png", "me.png"]
    assert "Spherical interpolation is undefined here" in said(app)


def test_file_that_is_no_picture_gives_a_message(faces, app):
    app = open_section(app, "faces", "interpolate")
    app.segmented_control(key="end-from").set_value("own image").run()
    app.file_uploader[0].set_value(("notes.png", b"no picture", "image/png")).run()
    assert not app.exception
    assert app.error


def test_own_handwriting_meets_a_test_image(app):
    app = open_section(app, "digits-2d-adam", "interpolate")
    app.segmented_control(key="end-from").set_value("own image").run()
    app.segmented_control(key="end-own.from").set_value("samples").run()
    assert_healthy(app, "Generate")
    assert re.match(r"image \d+, class \d$", captions(app)[0])
    assert "90 % of the encoded test images" in said(app)


def test_test_image_of_another_model_is_forgotten(faces, app):
    app = open_section(app, "digits-2d-adam", "interpolate")
    app.segmented_control(key="start-from").set_value("test image").run()
    app.selectbox(key="model").set_value("faces").run()
    assert_healthy(app, "Generate")
    assert app.segmented_control(key="start-from").value == "random draw"


def test_plain_autoencoder_that_still_trains_takes_own_pictures(labelled, app):
    for name in ("latents.npz", "latent_summary.npz"):
        (labelled / name).unlink()
    app = open_section(app, "digits", "interpolate")
    assert_healthy(app, "Generate")
    assert "no encoded test images" in said(app)
    for place in ("start", "end"):
        app.segmented_control(key=f"{place}-own.from").set_value("samples").run()
    assert_healthy(app, "Generate")
    assert walk_of(app)["rows"][0]["title"].startswith("Linear")


# Attributes


def test_smile_is_added_to_the_mean(faces, app):
    app = open_section(app, "faces", "arithmetic")
    assert app.multiselect(key="add").value == ["Smiling"]
    assert app.multiselect(key="add").options == ["Eyeglasses", "Smiling", "Wearing hat"]
    assert "plus 1.5 · smiling" in said(app)
    before = pictures(app)
    app.slider(key="by.Smiling").set_value(-2).run()
    assert "minus 2 · smiling" in said(app)
    assert pictures(app)[0] != before[0]
    assert pictures(app)[1] == before[1]  # the strip shows all strengths anyway


def test_counts_are_named_and_few_images_are_warned_of(faces, app):
    found = read_summary(faces / "faces", 6)
    with_smile = int(found.attribute_counts[0, 1])
    app = open_section(app, "faces", "arithmetic")
    assert f"**Smiling**: {with_smile} of 200 images have it" in said(app)
    app.multiselect(key="add").set_value(["Wearing hat"]).run()
    assert "Only 5 images have “wearing hat”" in app.warning[0].value


def test_several_attributes_have_a_strip_each(faces, app):
    app = open_section(app, "faces", "arithmetic")
    app.multiselect(key="add").set_value(["Smiling", "Eyeglasses"]).run()
    assert_healthy(app, "Generate")
    assert [caption.split(":")[0] for caption in captions(app)[1:]] == ["Smiling", "Eyeglasses"]
    app.multiselect(key="add").set_value([]).run()
    assert_healthy(app, "Generate")
    assert "Choose an attribute" in said(app)


def test_attribute_is_added_to_a_draw_and_to_an_own_picture(faces, app):
    app = open_section(app, "faces", "arithmetic")
    app.segmented_control(key="onto-from").set_value("random draw").run()
    assert "sample from the prior N(0, I), seed 0" in said(app)
    app.segmented_control(key="onto-from").set_value("own image").run()
    app.file_uploader[0].set_value(("me.png", png(), "image/png")).run()
    assert_healthy(app, "Generate")
    assert "me.png; reconstruction by faces; plus 1.5 · smiling" in said(app)


def test_attribute_is_added_to_a_test_image_where_these_are_known(labelled, app):
    app = open_section(app, "digits", "arithmetic")
    app.segmented_control(key="onto-from").set_value("test image").run()
    assert_healthy(app, "Generate")
    assert re.search(r"image 0, class \d; reconstruction by digits; plus 1.5 · smiling", said(app))
    count = re.search(r"(none|\d+ of 9) out of distribution", captions(app)[-1])[1]
    assert crosses(pictures(app)[-1]) == (0 if count == "none" else int(count.split()[0]))


def test_shared_address_of_a_sum_shows_the_same(faces, app):
    for name, value in {
        "model": "faces",
        "make": "arithmetic",
        "onto-from": "random draw",
        "onto-seed": "4",
        "add": "Eyeglasses",
        "by.Eyeglasses": "-1",
    }.items():
        app.query_params[name] = value
    app.switch_page("pages/generate.py").run()
    assert_healthy(app, "Generate")
    assert "seed 4, reconstructed by faces; minus 1 · eyeglasses" in said(app)


@pytest.mark.parametrize(
    "address",
    [
        {"make": "arithmetic", "add": "nonsense", "by.Smiling": "99", "onto-from": "x"},
        {"make": "interpolate", "start-from": "test image", "end-seed": "1e400", "steps": "-4"},
        {"make": "over training", "epoch": "7"},
    ],
)
def test_nonsense_in_the_address_leaves_a_working_page(faces, app, address):
    app = open_page(app, "generate", "faces", **address)
    assert_healthy(app, "Generate")
