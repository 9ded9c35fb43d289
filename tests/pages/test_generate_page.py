"""Generate as a visitor has it: every section, with and without a prior, with wrong input and from a shared address."""

import base64
import json
import re
import shutil

import numpy as np
import pytest
from visits import assert_healthy, open_page, texts

from aeviz.analysis.sample_quality import mean_and_error
from aeviz.lab.sample_quality import distances
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


def test_samples_of_a_shipped_model_have_their_distance_from_test_images(app):
    open_page(app, "generate", "vae-10d", make="samples")
    row = next(row for row in distances()[0]["classifier"] if row.name == "vae-10d")
    mean, error = mean_and_error([block.value for block in row.blocks])
    assert any("Kernel distance" in text and f"**{mean:.3f} ± {error:.3f}**" in text for text in texts(app.markdown))


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


def test_samples_lie_on_a_map_and_the_first_chosen_is_one_that_is_crossed_out(app):
    app = open_section(app, "vae-10d", "samples")
    grid = grids(app)[0]
    assert grid["first"] in grid["far"]
    places = grid["places"]
    assert [len(row) for row in places["points"]] == [10] * 100
    assert places["centres"] == [[0.0] * 10]
    assert len(places["nearest"]) == 100
    assert places["network"]["latent_dim"] == 10


@pytest.mark.parametrize(("model", "left"), [("vae-10d", "1"), ("vae-2d-anchored", "10")])
def test_samples_ask_what_temperature_0_leaves_and_say_how_many_points_leave_the_data(app, model, left):
    """Each class of an anchored model has an image of its own, so as many are left as there are classes."""
    grid = grids(open_section(app, model, "samples"))[0]
    question, outside = grid["question"], [len(far) for far in grid["places"]["far"]]
    assert question["choices"][question["correct"]] == left
    assert f"{outside[10]} of 100 at temperature 1, {outside[-1]} at 2" in question["why"]


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
    import numpy as np

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
    assert [name.split(": ")[0] for name in names[2:]] == ["Linear interpolation"] * 2 + [
        "Spherical interpolation (slerp)"
    ] * 2
    assert names[2].endswith("more images appear with the answer")
    linear, spherical = (float(re.search(r"length ([\d.]+)", name)[1]) for name in names[3::2])
    assert linear <= spherical
    assert len(app.get("plotly_chart")) == 1


def test_path_opens_with_a_pair_whose_line_goes_astray_more_than_its_circle(app):
    """The text counts what is shown, and another model has a pair of its own."""
    app = open_section(app, "vae-10d", "interpolate")
    ends = [app.number_input(key=place).value for place in ("start", "end")]
    question = walk_of(app)["question"]
    line, circle = map(int, re.search(r"(\d+) of 7 on the line, (\d+) of 7 on the circle", question["answer"]).groups())
    assert line > circle
    assert question["choices"][question["correct"]].startswith("line")
    names = [re.search(r"class (\d)", name)[1] for name in captions(app)[:2]]
    assert question["answer"].startswith(f"Not clearly {names[0]} or {names[1]}: ")
    assert "6 active of 10 dimensions" in said(app)
    app.selectbox(key="model").set_value("circles-3d").run()
    assert_healthy(app, "Generate")
    assert [app.number_input(key=place).value for place in ("start", "end")] != ends


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


def test_image_number_of_a_larger_data_set_is_cut_down(app):
    app = open_section(app, "mlp-2d-adam", "interpolate")
    app.number_input(key="start").set_value(9999).run()
    app.selectbox(key="model").set_value("digits-2d-adam").run()
    assert_healthy(app, "Generate")
    assert app.number_input(key="start").value == app.number_input(key="start").max < 9999


def test_class_of_other_images_is_forgotten(app):
    app = open_section(app, "digits-2d-adam", "arithmetic")
    app.selectbox(key="plus").set_value("4").run()
    app.selectbox(key="model").set_value("circles-3d").run()
    assert_healthy(app, "Generate")
    assert app.selectbox(key="plus").value in ("small", "medium", "large")


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


def test_number_is_written_as_meant_by_an_anchored_model(variational, app):
    app = open_section(app, "anchored", "write a number")
    app.query_params["temperature"] = "0.1"
    app.text_input(key="number").set_value("0123456789").run()
    assert not app.exception
    encoded, pixels = (int(share) for share in re.findall(r"\*\*[\d? ]+\*\*, (\d+) of 10 as typed", said(app)))
    assert encoded >= 7
    assert pixels >= 7
    assert "from the prior of its class" in said(app)


def test_number_shows_all_anchors_and_its_draws_on_the_map(app):
    app = open_section(app, "vae-2d-anchored", "write a number")
    shown = walk_of(app)
    marks = shown["marks"]
    assert [mark["text"] for mark in marks] == [*"0123456789"]
    assert all(mark["faint"] for mark in marks)
    assert [walk["name"][-1] for walk in shown["walks"]] == [*"49382"]
    for walk, digit in zip(shown["walks"], "49382", strict=True):  # at temperature 0 each is at its anchor
        np.testing.assert_allclose(walk["places"].reshape(-1, 2)[0], marks[int(digit)]["at"], atol=1e-4)
    assert (shown["stops"][0], shown["stops"][shown["first"]], shown["stops"][-1]) == (0, 1, 2)
    assert shown["sums"][0] == "Temperature 0.00: 5 of 5 digits are read as typed."
    question = shown["question"]
    assert question["answer"] == "The 2 in place 5, at temperature 1.20: it is unclear."
    assert (question["choices"], question["correct"]) == ([*"49382", "none"], 4)
    why = question["why"]
    assert why.startswith("Of the 10 test images nearest to its point, 10 are of class 2.")  # the point is not to blame
    votes = re.search(r"its image, encoded again: (.*?)\.", why)[1]
    counts = [int(each) for each in re.findall(r"(\d+) of class", votes)]
    assert (sum(counts), counts) == (10, sorted(counts, reverse=True))
    assert counts[0] < 6
    assert "No class has 6 of 10: that is unclear." in why
    np.testing.assert_allclose(np.hypot(*np.array([mark["at"] for mark in marks[:10]]).T), [4, 8] * 5, atol=1e-4)


def test_digits_stay_when_more_are_typed(variational, app):
    app = open_section(app, "anchored", "write a number")
    app.text_input(key="number").set_value("12").run()
    short = re.search(r"Encoded again: \*\*([\d? ]+)\*\*", said(app))[1]
    app.text_input(key="number").set_value("123").run()
    assert re.search(r"Encoded again: \*\*([\d? ]+)\*\*", said(app))[1].startswith(short)


def test_number_is_judged_by_its_images_and_not_by_the_points_drawn_for_it(app):
    """As vae-10d draws it, the 5 is between 3 and 5, although the neighbours of its point are 5s."""
    app = open_section(app, "vae-10d", "write a number")
    app.text_input(key="number").set_value("31415").run()
    assert app.selectbox(key="model").value == "vae-2d-anchored"  # the usual model makes way for one that knows digits
    app.selectbox(key="model").set_value("vae-10d").run()
    assert not app.exception
    assert "Encoded again: **? 1 ? 1 ?**, 2 of 5 as typed" in said(app)
    assert "By their pixels" not in said(app)  # MNIST is not on this machine


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


def test_model_of_other_images_says_that_it_knows_no_digits(app):
    app = open_section(app, "circles-3d", "write a number")
    assert not app.exception
    assert "knows no class 2, 3, 4, 8, 9, only small, medium, large" in app.error[0].value


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
