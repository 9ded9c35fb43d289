"""Generate as a visitor has it: every section, with and without a prior, with wrong input and from a shared address."""

import base64
import json
import re
import shutil

import numpy as np
import pytest
from visits import assert_healthy, open_page, texts

from aeviz.web.components.kit.wire import unpack
from aeviz.web.kernel.models import list_models

SECTIONS = ["samples", "interpolate", "arithmetic", "write a number"]


@pytest.fixture(scope="session")
def variational_folder(made_once):
    """A variational autoencoder of the 8x8 digits with an anchored prior, trained until it can tell them apart."""
    from aeviz.config import DataConfig, ModelConfig, ObjectiveConfig, OptimizerConfig, RunConfig, TrainConfig
    from aeviz.experiment import train

    config = RunConfig(
        preset="tiny",
        data=DataConfig(name="digits"),
        model=ModelConfig(
            image_shape=(1, 8, 8), bottleneck="gaussian", latent_dim=4, hidden=(64, 32), prior="anchored"
        ),
        objective=ObjectiveConfig(kl_weight=0.03, kl_reduction="sum"),
        optimizer=OptimizerConfig(name="adam", learning_rate=5e-3, schedule="one_cycle"),
        train=TrainConfig(epochs=40, batch_size=64, device="cpu"),
    )
    return made_once("anchored", lambda path: train(config, out=path))


@pytest.fixture
def variational(variational_folder, tmp_path):
    """The models 'anchored' and 'standard', its twin with the prior N(0, I), among the visitor's own runs."""
    runs = tmp_path / "runs"
    for name, prior in (("anchored", "anchored"), ("standard", "standard")):
        shutil.copytree(variational_folder, runs / name)
        config = json.loads((runs / name / "config.json").read_text())
        config["model"]["prior"] = prior
        (runs / name / "config.json").write_text(json.dumps(config))
    return runs


def open_section(app, model, section, **controls):
    app = open_page(app, "generate", model)
    app.segmented_control(key="make").set_value(section).run()
    return app


def grids(app):
    """What the grids of samples were sent, in which the visitor chooses an image."""
    shown = (component.proto for component in app.get("bidi_component"))
    return [json.loads(proto.json) for proto in shown if proto.component_name == "aeviz.samples"]


def walk_of(app):
    """What the page was sent of the paths on the small map."""
    (proto,) = (each.proto for each in app.get("bidi_component") if each.proto.component_name == "aeviz.latent_walk")
    return unpack(proto.bytes)


def pictures(app):
    found = [image.proto.imgs[0].url for image in app.get("image")] + [grid["picture"] for grid in grids(app)]
    walks = [each.proto for each in app.get("bidi_component") if each.proto.component_name == "aeviz.latent_walk"]
    return found or [walk["sheet"] for proto in walks for walk in unpack(proto.bytes)["walks"]]


def captions(app):
    shown = [image.proto.imgs[0] for image in app.get("image")]
    return [image.caption or image.alt for image in shown] + [grid["text"] for grid in grids(app)]


def crosses(picture):
    return base64.b64decode(picture.split(",", 1)[1]).decode().count("l8 8m0-8l-8 8")


def said(app):
    return " ".join(texts(app.markdown) + texts(app.caption) + texts(app.info))


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("model", ["anchored", "standard", "digits-2d-adam"])
def test_every_section_shows_pictures_for_every_kind_of_model(variational, app, model, section):
    app = open_section(app, model, section)
    assert_healthy(app, "Generate")
    assert not app.warning
    assert pictures(app)


def test_samples_come_from_the_prior_and_are_fixed_by_the_seed(variational, app):
    app = open_section(app, "standard", "samples")
    assert captions(app) == ["standard: 100 samples from the prior N(0, I), temperature 1"]
    start = pictures(app)
    app.button(key="again").click().run()
    assert app.number_input(key="seed").value == 1
    assert pictures(app) != start
    app.number_input(key="seed").set_value(0).run()
    assert pictures(app) == start


def test_samples_cross_out_how_many_are_far_at_each_temperature(variational, app):
    app = open_section(app, "anchored", "samples")
    app.selectbox(key="class").set_value("3").run()
    counts = []
    for temperature in (0.1, 2.0):
        app.query_params["temperature"] = str(temperature)
        app.run()
        grid = grids(app)[0]
        by_temperature = grid["places"]["far"]  # from 0 to 2, as Play goes through them
        assert len(by_temperature) == 21
        assert by_temperature[round(10 * temperature)] == grid["far"]
        counts.append(len(grid["far"]))
    assert counts[0] < counts[1]


def test_each_sample_has_its_nearest_test_image_and_its_point_on_explore(variational, app):
    app = open_section(app, "standard", "samples")
    grid = grids(app)[0]
    assert grid["nearest"].startswith("data:image/png")
    assert len(grid["nearestTexts"]) == len(grid["links"]) == 100
    number, label = re.fullmatch(r"nearest code: test image (\d+), class (\d)", grid["nearestTexts"][0]).groups()
    labels = list_models()["standard"].require_latents().labels
    assert labels[int(number)] == int(label)
    assert re.fullmatch(r"explore\?model=standard&standard\.at=((z|PC)\d_-?[\d.]+~?)+", grid["links"][0])


def test_samples_of_an_anchored_model_can_be_of_one_class(variational, app):
    app = open_section(app, "anchored", "samples")
    assert "the priors of all classes, one after the other" in captions(app)[0]
    app.selectbox(key="class").set_value("3").run()
    assert "the prior of class 3" in captions(app)[0]
    assert re.search(r"\*\*\d+%\*\* of the encoded test images of anchored are nearest", said(app))
    assert not app.exception


def test_samples_of_a_standard_prior_offer_no_class_until_drawn_from_the_data(variational, app):
    app = open_section(app, "standard", "samples")
    assert "class" not in [box.key for box in app.selectbox]
    app.segmented_control(key="draw").set_value("Gaussian fitted to the data").run()
    app.selectbox(key="class").set_value("8").run()
    assert "a Gaussian fitted to the encoded images of class 8" in captions(app)[0]


def test_samples_of_two_models_share_the_noise_where_the_dimension_is_the_same(variational, app):
    app = open_section(app, "standard", "samples")
    app.selectbox(key="with.standard").set_value("anchored").run()
    assert len(pictures(app)) == 2
    assert "the same noise" in said(app)
    assert [(grid["beside"], grid["group"]) for grid in grids(app)] == [(True, "same noise")] * 2
    assert all(len(grid["nearestTexts"]) == 100 for grid in grids(app))
    app.selectbox(key="with.standard").set_value("digits-2d-adam").run()
    assert not app.exception
    assert "its own noise" in said(app)
    assert [grid["group"] for grid in grids(app)] == [None, None]
    assert "digits-2d-adam: 100 samples from a Gaussian fitted" in captions(app)[1]


def test_plain_autoencoder_is_explained_and_drawn_from_where_the_data_lie(variational, app):
    app = open_section(app, "digits-2d-adam", "samples")
    explained = next(caption for caption in app.caption if "plain autoencoder without a prior" in caption.value)
    assert "standard" in explained.proto.help
    assert all("a Gaussian fitted to the encoded images" in caption for caption in captions(app))
    assert "draw" not in [control.key for control in app.segmented_control]


def test_model_without_latent_points_can_still_be_sampled(variational, app):
    (variational / "standard" / "latents.npz").unlink()
    app = open_section(app, "standard", "samples")
    assert_healthy(app, "Generate")
    assert pictures(app)
    assert "lie far" not in said(app)
    app.segmented_control(key="make").set_value("interpolate").run()
    assert not app.exception
    assert "no encoded test images" in app.info[0].value


def test_collapsed_posterior_is_named(variational, app):

    path = variational / "standard" / "latents.npz"
    with np.load(path, allow_pickle=False) as arrays:
        flat = {**arrays, "z": 0 * arrays["z"]}
    np.savez(path, **flat)
    app = open_section(app, "standard", "samples")
    assert not app.exception
    assert "All 4 dimensions of" in said(app)


def test_paths_are_linear_and_spherical_from_one_image_to_the_other(variational, app):
    app = open_section(app, "standard", "interpolate")
    names = captions(app)
    assert names[0].startswith("image 0, class")
    assert names[1].startswith("image 1, class")
    rows = walk_of(app)["rows"]
    assert [row["title"].split(": ")[0] for row in rows] == ["Linear interpolation", "Spherical interpolation (slerp)"]
    for row in rows:
        assert row["waiting"].endswith("more images appear with Play")
        assert row["shown"] == [True, True, False, False, False, True, True]
    linear, spherical = (float(re.search(r"length ([\d.]+)", row["title"])[1]) for row in rows)
    assert linear <= spherical
    assert len(app.get("plotly_chart")) == 1


def test_path_from_an_image_to_itself_is_linear_only(variational, app):
    app = open_section(app, "standard", "interpolate")
    app.number_input(key="end").set_value(0).run()
    assert not app.exception
    assert "Spherical interpolation is undefined here" in said(app)


def test_random_image_lies_in_the_test_set(variational, app):
    app = open_section(app, "standard", "interpolate")
    app.button(key="start-chance").click().run()
    assert not app.exception
    assert 0 <= app.number_input(key="start").value <= app.number_input(key="start").max


def test_arithmetic_turns_one_class_into_another(variational, app):
    """The walk names strength and class of each image; the strength that it opens at is in the address."""
    app = open_section(app, "anchored", "arithmetic")
    plus = app.selectbox(key="plus").value
    assert app.selectbox(key="minus").value == "its own class"
    walk = walk_of(app)
    minus = re.search(r"Image 0, a (\w+), is", walk["question"]["answer"])[1]
    assert minus != plus
    texts_of_sum = walk["walks"][0]["texts"]
    assert walk["stops"][walk["first"]] == 0  # the start: more would give the answer away
    assert f"read as {minus} (" in texts_of_sum[walk["first"]]
    assert texts_of_sum[walk["stops"].index(1)].startswith(f"plus 1.00 · ({plus} minus {minus}): read as ")
    assert [mark["text"] for mark in walk["marks"]] == [minus, plus]
    assert len(walk["arrows"]) == 1
    app.query_params["strength"] = "-0.5"
    app.run()
    walk = walk_of(app)
    assert walk["stops"][walk["first"]] == -0.5


def test_arithmetic_of_a_class_with_itself_says_so(variational, app):
    app = open_section(app, "anchored", "arithmetic")
    app.selectbox(key="minus").set_value(app.selectbox(key="plus").value).run()
    assert "Choose two different classes" in app.info[0].value


def test_arithmetic_asks_nothing_of_an_image_that_has_the_class_already(variational, app):
    """*Random* takes an image of another class."""
    app = open_section(app, "anchored", "arithmetic")
    own = re.search(r"Image 0, a (\w+), is", walk_of(app)["question"]["answer"])[1]
    other = next(each for each in app.selectbox(key="plus").options if each != own)
    app.selectbox(key="minus").set_value(other)
    app.selectbox(key="plus").set_value(own).run()
    assert walk_of(app)["question"] is None
    for _ in range(5):
        app.button(key="onto-chance").click().run()
        assert not app.exception
        model = list_models()["anchored"]
        assert model.class_names[model.latents.labels[int(app.number_input(key="onto").value)]] != own


def test_number_is_written_as_meant_by_an_anchored_model(variational, app):
    app = open_section(app, "anchored", "write a number")
    app.query_params["temperature"] = "0.1"
    app.text_input(key="number").set_value("0123456789").run()
    assert not app.exception
    encoded, pixels = (int(share) for share in re.findall(r"\*\*[\d? ]+\*\*, (\d+) of 10 as typed", said(app)))
    assert encoded >= 7
    assert pixels >= 7
    assert "from the prior of its class" in said(app)
    assert "**At temperature 0.10, do the images show what was typed?**" in said(app)


def test_count_says_where_the_pixels_tell_something_else(variational, app):
    """A digit counts as typed where the encoder reads it so; the sentence names it where its pixels differ."""
    app = open_section(app, "anchored", "write a number")
    app.text_input(key="number").set_value("0123456789").run()
    sums = walk_of(app)["sums"]
    apart = [each for each in sums if "By their pixels" in each]
    assert 0 < len(apart) < len(sums)
    for each in apart:
        counts = re.findall(r"(\d+) of 10", each)
        named = re.findall(r"the (\d) in place (\d+) is read as (\d|no clear class)", each)
        gained = sum(name == read for name, _, read in named)
        assert int(counts[1]) - int(counts[0]) == 2 * gained - len(named)
        assert all(int(place) == int(name) + 1 for name, place, _ in named)


def test_digits_stay_when_more_are_typed(variational, app):
    app = open_section(app, "anchored", "write a number")
    app.text_input(key="number").set_value("12").run()
    short = re.search(r"Encoded again: \*\*([\d? ]+)\*\*", said(app))[1]
    app.text_input(key="number").set_value("123").run()
    assert re.search(r"Encoded again: \*\*([\d? ]+)\*\*", said(app))[1].startswith(short)


@pytest.mark.parametrize("typed", ["12x", "3.14", "<b>"])
def test_wrong_number_gives_a_message(variational, app, typed):
    app = open_section(app, "anchored", "write a number")
    app.text_input(key="number").set_value(typed).run()
    assert not app.exception
    assert "is no digit" in app.warning[0].value
    assert "Shown is still 49382" in app.warning[0].value
    assert pictures(app)


def test_no_number_asks_for_one(variational, app):
    app = open_section(app, "anchored", "write a number")
    app.text_input(key="number").set_value("").run()
    assert "Type a number" in app.info[0].value


def test_shared_address_shows_the_same_view(variational, app):
    for name, value in {
        "model": "anchored",
        "make": "write a number",
        "number": "77",
        "seed": "5",
        "temperature": "0.5",
    }.items():
        app.query_params[name] = value
    app.switch_page("pages/generate.py").run()
    assert_healthy(app, "Generate")
    assert "77, generated by anchored" in said(app)
    assert "temperature 0.5, seed 5" in said(app)


@pytest.mark.parametrize(
    "address",
    [
        {"make": "nonsense", "seed": "inf", "temperature": "nan", "draw": "x", "class": "x"},
        {"make": "interpolate", "start": "99999999", "end": "-3"},
        {"make": "arithmetic", "onto": "1e400", "plus": "x", "minus": "", "strength": "17"},
        {"make": "write a number", "number": "1" * 5000},
    ],
)
def test_nonsense_in_the_address_leaves_a_working_page(variational, app, address):
    app = open_page(app, "generate", "anchored", **address)
    assert not app.exception
    assert texts(app.title) == ["Generate"]
    assert pictures(app) or app.error
