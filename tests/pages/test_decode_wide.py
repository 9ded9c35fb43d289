"""Decode for many dimensions as a visitor has it, with the encoded images and with their statistics alone."""

import shutil

import numpy as np
import pytest
from test_pages import assert_healthy, open_page, texts

DIMENSIONS = 16


@pytest.fixture(scope="session")
def wide_folder(tmp_path_factory):
    """A variational autoencoder of the 8x8 digits with 16 dimensions."""
    from aeviz.config import DataConfig, ModelConfig, ObjectiveConfig, OptimizerConfig, RunConfig, TrainConfig
    from aeviz.experiment import train

    path = tmp_path_factory.mktemp("wide") / "wide"
    config = RunConfig(
        preset="tiny",
        data=DataConfig(name="digits"),
        model=ModelConfig(image_shape=(1, 8, 8), bottleneck="gaussian", latent_dim=DIMENSIONS, hidden=(64, 32)),
        objective=ObjectiveConfig(kl_weight=0.01, kl_reduction="sum"),
        optimizer=OptimizerConfig(name="adam", learning_rate=5e-3, schedule="one_cycle"),
        train=TrainConfig(epochs=20, batch_size=64, device="cpu"),
    )
    train(config, out=path)
    return path


@pytest.fixture
def runs(wide_folder, tmp_path, monkeypatch):
    """The models 'wide', 'plain' and 'bare', which lacks its encoded images; the data of 'bare' is not here either."""
    from aeviz.analysis.summary import summarise
    from aeviz.config import DataConfig, ModelConfig, RunConfig, TrainConfig
    from aeviz.experiment import train
    from aeviz.training.runs import RunFolder
    from aeviz.training.summary import write_summary
    from aeviz.web import decode_parts

    folder = tmp_path / "runs"
    for name in ("wide", "bare"):
        shutil.copytree(wide_folder, folder / name)
    bare = RunFolder.read(folder / "bare")
    write_summary(bare.path, summarise(bare.latents().z, kl=np.array(bare.evaluation().kl_per_dimension)))
    (bare.path / "latents.npz").unlink()
    train(
        RunConfig(
            preset="tiny",
            data=DataConfig(name="digits"),
            model=ModelConfig(image_shape=(1, 8, 8), latent_dim=5, hidden=(8,)),
            train=TrainConfig(epochs=1, batch_size=64, device="cpu"),
        ),
        out=folder / "plain",
    )
    monkeypatch.setattr(decode_parts, "is_available", lambda name: False)
    return folder


def pictures(app):
    return [image.proto.imgs[0].url for image in app.get("image")]


def sliders(app, model):
    """Values by model and name: a slider has a new key whenever something else moved it."""
    return {slider.key.partition("~")[0]: slider.value for slider in app.slider if slider.key.startswith(f"{model}.")}


def control(kind, name):
    return next(element for element in kind if element.key is not None and element.key.partition("~")[0] == name)


def said(app):
    return " ".join(texts(app.caption) + texts(app.warning))


def in_address(app, name):
    value = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def visit(app, model, **parameters):
    """Come to the page by an address."""
    app.switch_page("pages/decode.py")
    app.query_params["model"] = model
    for name, value in parameters.items():
        app.query_params[f"{model}.{name}"] = value
    return app.run()


@pytest.mark.parametrize("model", ["wide", "plain", "bare"])
def test_page_shows_image_row_plane_and_overview(runs, app, model):
    app = open_page(app.run(), "decode", model)
    assert_healthy(app, "Decode")
    assert len(pictures(app)) == 4
    assert "Among the data" in said(app)


def test_dimensions_come_by_divergence_with_their_nats(runs, app):
    from aeviz.training.runs import RunFolder

    nats = np.array(RunFolder.read(runs / "wide").evaluation().kl_per_dimension)
    app = open_page(app.run(), "decode", "wide")
    labels = [slider.label for slider in app.slider if slider.key.startswith("wide.")]
    assert labels == [f"z{index + 1} · {nats[index]:.2f} nats" for index in np.argsort(-nats)[:10]]


def test_other_sliders_are_a_page_away_and_keep_their_values(runs, app):
    app = open_page(app.run(), "decode", "wide")
    first = next(iter(sliders(app, "wide")))
    control(app.slider, first).set_value(1.5).run()
    app.selectbox(key="sliders").set_value("11 to 16").run()
    assert len(sliders(app, "wide")) == 6
    assert first not in sliders(app, "wide")
    app.selectbox(key="sliders").set_value("1 to 10").run()
    assert sliders(app, "wide")[first] == pytest.approx(1.5)
    assert not app.exception


def test_slider_changes_the_image_takes_the_focus_and_is_in_the_address(runs, app):
    app = open_page(app.run(), "decode", "wide")
    before, key = pictures(app), list(sliders(app, "wide"))[2]
    control(app.slider, key).set_value(1.25).run()
    assert pictures(app)[0] != before[0]
    name = key.removeprefix("wide.")
    assert app.selectbox(key="wide.along").value == name
    assert in_address(app, "wide.at") == f"{name}_1.25"


def test_another_basis_keeps_the_point(runs, app):
    app = open_page(app.run(), "decode", "wide")
    app.button(key="random").click().run()
    image, address = pictures(app)[0], in_address(app, "wide.at")
    app.segmented_control(key="basis").set_value("principal directions").run()
    assert not app.exception
    assert pictures(app)[0] == image
    assert in_address(app, "wide.at") == address
    assert next(iter(sliders(app, "wide"))) == "wide.PC1"
    control(app.slider, "wide.PC1").set_value(0.5).run()
    assert pictures(app)[0] != image
    assert app.selectbox(key="wide.pc.along").value == "PC1"


def test_move_along_a_direction_is_short_in_the_address(runs, app):
    app = open_page(app.run(), "decode", "wide")
    app.segmented_control(key="basis").set_value("principal directions").run()
    control(app.slider, "wide.PC2").set_value(-0.5).run()
    assert in_address(app, "wide.at") == "PC2_-0.5"


@pytest.mark.parametrize("model", ["wide", "bare"])
def test_nudge_and_rest_move_the_one_in_focus(runs, app, model):
    app = open_page(app.run(), "decode", model)
    start = sliders(app, model)
    chosen = list(start)[1]
    number = f"{chosen}.number"
    app.selectbox(key=f"{model}.along").set_value(chosen.removeprefix(f"{model}.")).run()
    control(app.number_input, number).increment().run()
    once = sliders(app, model)
    assert once[chosen] > start[chosen]
    assert {key: value for key, value in once.items() if key != chosen} == pytest.approx(
        {key: value for key, value in start.items() if key != chosen}
    )
    assert "+0.5 deviations" in said(app)
    control(app.number_input, number).decrement().run()
    assert sliders(app, model) == pytest.approx(start)
    control(app.number_input, number).increment().run()
    app.button(key="rest").click().run()
    assert sliders(app, model) == pytest.approx(start)


def test_number_far_outside_widens_the_slider(runs, app):
    app = open_page(app.run(), "decode", "wide")
    key = next(iter(sliders(app, "wide")))
    control(app.number_input, f"{key}.number").set_value(12.3).run()
    assert_healthy(app, "Decode")
    assert sliders(app, "wide")[key] == pytest.approx(12.3)
    app.button(key="reset").click().run()
    assert_healthy(app, "Decode")
    assert control(app.slider, key).max < 12


def test_undo_and_redo_lose_nothing(runs, app):
    app = open_page(app.run(), "decode", "wide")
    assert app.button(key="undo").disabled
    rest = sliders(app, "wide")
    app.button(key="random").click().run()
    drawn = sliders(app, "wide")
    key = next(iter(drawn))
    control(app.slider, key).set_value(0.75).run()
    app.button(key="reset").click().run()
    assert sliders(app, "wide") == pytest.approx(rest)
    app.button(key="undo").click().run()
    assert sliders(app, "wide") == pytest.approx(drawn | {key: 0.75})
    app.button(key="undo").click().run()
    assert sliders(app, "wide") == pytest.approx(rest)
    assert app.button(key="undo").disabled
    app.button(key="redo").click().run()
    app.button(key="redo").click().run()
    assert sliders(app, "wide") == pytest.approx(rest)
    assert app.button(key="redo").disabled
    app.button(key="undo").click().run()
    assert sliders(app, "wide")[key] == pytest.approx(0.75)


def test_image_point_needs_an_image(runs, app):
    app = open_page(app.run(), "decode", "wide")
    before = pictures(app)[0]
    app.button(key="image").click().run()
    assert not app.exception
    assert pictures(app)[0] != before
    app = open_page(app, "decode", "bare")
    assert "image" not in {button.key for button in app.button}


def test_image_point_without_kept_latents_comes_from_the_data_set(runs, app, monkeypatch):
    from aeviz.web import decode_parts

    monkeypatch.setattr(decode_parts, "is_available", lambda name: True)
    app = open_page(app.run(), "decode", "bare")
    before = pictures(app)[0]
    app.button(key="image").click().run()
    assert not app.exception
    assert pictures(app)[0] != before


def test_point_far_from_the_cloud_is_marked_without_encoded_images(runs, app):
    app = visit(app.run(), "bare", at="~".join(f"z{index}_5" for index in range(1, 8)))
    assert not app.exception
    assert "Far from any data" in app.warning[0].value
    assert "Mahalanobis" in app.warning[0].value


def test_draw_from_the_prior_is_among_what_the_decoder_learned_from(runs, app):
    app = open_page(app.run(), "decode", "bare")
    app.slider(key="temperature").set_value(0.7)
    app.button(key="random").click().run()
    assert not app.warning


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [({"at": "z3_1.5~z7_-0.5"}, {"z3": 1.5, "z7": -0.5}), ({"z3": "1.5", "z7": "-0.5"}, {"z3": 1.5, "z7": -0.5})],
)
def test_address_leads_to_the_point_in_the_old_form_too(runs, app, parameters, expected):
    app = visit(app.run(), "wide", **parameters)
    assert not app.exception
    at = in_address(app, "wide.at")
    assert dict(part.split("_") for part in at.split("~")) == {name: f"{value:g}" for name, value in expected.items()}
    assert "wide.z3" not in app.query_params
    found = sliders(app, "wide")
    for name, value in expected.items():
        assert found.get(f"wide.{name}", value) == pytest.approx(value)


@pytest.mark.parametrize("nonsense", ["", "z99_1", "z1_nan", "z1_1e400", "PC0_1", "z1", "~~", "x" * 5000, "z1_1.2.3"])
def test_nonsense_in_the_address_is_ignored(runs, app, nonsense):
    app = visit(app.run(), "wide", at=nonsense)
    assert_healthy(app, "Decode")
    assert app.query_params.get("wide.at") is None


def test_value_beyond_all_bounds_is_cut(runs, app):
    app = visit(app.run(), "wide", at="z1_-1e99")
    assert_healthy(app, "Decode")


def test_link_that_the_page_wrote_shows_the_same_image(runs, app):
    app = open_page(app.run(), "decode", "wide")
    app.button(key="random").click().run()
    image, address = pictures(app)[0], in_address(app, "wide.at")
    app.button(key="reset").click().run()
    app = visit(app.switch_page("pages/home.py").run(), "wide", at=address)
    assert pictures(app)[0] == image
    app.button(key="undo").click().run()  # the address was a jump; what it replaced is not lost
    assert in_address(app, "wide.at") is None


def test_address_of_another_model_is_taken_out(runs, app):
    app = visit(app.run(), "wide", at="z1_1.5")
    app.selectbox(key="model").set_value("plain").run()
    assert "wide.at" not in app.query_params
    app.selectbox(key="model").set_value("wide").run()
    assert in_address(app, "wide.at") == "z1_1.5"


def test_any_point_of_128_dimensions_fits_into_an_address():
    from aeviz.analysis.basis import latent_basis, principal_basis
    from aeviz.analysis.summary import principal_directions, summarise
    from aeviz.web.decode_point import read_point, write_point

    z = np.random.default_rng(0).normal(0, np.geomspace(0.01, 30, 128), (500, 128))
    summary = summarise(z)
    bases = (
        latent_basis(summary, np.zeros(128)),
        principal_basis(summary, principal_directions(summary)[0], np.zeros(128)),
    )
    text = write_point(bases, z[0])
    assert len(text) < 2000
    for basis in bases:
        error = basis.coordinates(read_point(bases, text)) - basis.coordinates(z[0])
        assert np.abs(error / basis.deviations).max() < 0.01
    assert write_point(bases, bases[0].origin) == ""
    assert read_point(bases, "") is None
