"""The experiment on the true posterior of a VAE: with a small model of the 8x8 digits, and with one that ships."""

import base64
import json
import re
import shutil

import numpy as np
import pytest
from visits import open_page, texts

NAME = "True posterior of a VAE"


@pytest.fixture(scope="module")
def digits_vae(tiny_config, made_once):
    """A function that copies a 2-D VAE of the digits, trained for some epochs, into a folder of runs."""

    def make(path):
        from aeviz.experiment import train

        settings = (
            "model.bottleneck=gaussian",
            "model.hidden=[32,16]",
            "objective.reconstruction=bce",
            "objective.kl_reduction=sum",
            "objective.kl_weight=0.002",
            "optimizer.learning_rate=0.01",
            "train.epochs=12",
        )
        train(tiny_config(*settings), out=path)

    return made_once("digits-vae", make)


@pytest.fixture
def visit(app, digits_vae, tmp_path):
    """A function that opens the experiment with the VAE of the digits, or another model, by an address."""

    def open_experiment(model="digits-vae", **address):
        (tmp_path / "runs").mkdir(exist_ok=True)
        link = tmp_path / "runs" / "digits-vae"
        if not link.exists():
            shutil.copytree(digits_vae, link)
        open_page(app, "lab", model, experiment=NAME, **address)
        assert not app.exception, texts(app.exception)
        assert not app.error, texts(app.error)
        return app

    return open_experiment


def numbers(app):
    """ln p(x), ELBO, KL, amortization gap and family gap, as the formula has them."""
    formula = next(text for text in texts(app.get("latex")) if r"\mathrm{ELBO}" in text)
    found = re.findall(r"-?\d+\.\d+", formula)
    assert found[2] == found[3]
    return [float(found[place]) for place in (0, 1, 2, 4, 5)]


def figures(app):
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def count_draws(app):
    """How many draws are on the plane."""
    (draws,) = (trace for trace in figures(app)[0]["data"] if trace.get("name", "").startswith("draws"))
    packed = draws["x"]
    return len(np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"]))


def test_the_parts_add_up_for_each_image(visit):
    app = visit(image="3")
    for image in (3, 17):
        app.number_input(key="image").set_value(float(image)).run()
        assert not app.exception, texts(app.exception)
        evidence, elbo, kl, amortization, family = numbers(app)
        assert evidence == pytest.approx(elbo + kl, abs=0.011)
        assert kl == pytest.approx(amortization + family, abs=0.011)
        assert kl > 0
        assert amortization > -0.01
        assert family > -0.01


def test_draws_on_the_plane_follow_k_and_the_bounds_rise(visit):
    app = visit(K="5")
    assert count_draws(app) == 5
    assert figures(app)[1]["data"][1]["y"] == [
        "encoder's q: ELBO",
        "K = 1 draw",
        "K = 5 draws",
        "K = 50 draws",
        "K = 500 draws",
        "best q, diagonal",
        "best q, correlated",
    ]
    app.segmented_control(key="K").set_value("500").run()
    assert count_draws(app) == 500


def test_next_largest_gap_goes_down_the_ranking(visit):
    app = visit()
    button = next(button for button in app.button if button.label == "Next largest gap")
    gaps = []
    for _ in range(3):
        button.click().run()
        assert not app.exception, texts(app.exception)
        gaps.append(numbers(app)[2])
        button = next(button for button in app.button if button.label == "Next largest gap")
    assert gaps[0] > gaps[2]
    app.toggle(key="average").set_value(True).run()
    assert any("test images, evenly spaced" in text for text in texts(app.markdown))


def test_without_the_images_the_model_draws_one(visit):
    app = visit("regime-both", draw="4")
    assert any("not on this machine: the model draws an image" in text for text in texts(app.caption))
    evidence, elbo, kl, _, _ = numbers(app)
    assert evidence == pytest.approx(elbo + kl, abs=0.011)
    assert not [button for button in app.button if button.label == "Next largest gap"]
    assert app.query_params["draw"] == "4"


def test_models_without_a_latent_plane_are_not_offered(visit):
    app = visit("mlp-2d-adam")
    assert any("mlp-2d-adam" in text for text in texts(app.info))
    assert set(app.selectbox(key="model").options) == {"regime-both", "vae-2d", "digits-vae"}


def test_shipped_model_shows_the_reference_figures(shared_root, visit, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(shared_root))
    app = visit("regime-both", image="8", average="true")
    evidence, elbo, _, _, family = numbers(app)
    assert evidence == pytest.approx(-232.92, abs=0.02)  # a fixed grid of 361,201 points gives -232.918
    assert elbo < evidence - 1
    assert family < 0.2
    mean = next(text for text in texts(app.markdown) if "test images, evenly spaced" in text)
    assert "ln p(x) -144.0" in mean
    assert "K = 50 -147.9" in mean
    assert "ELBO -150.0" in mean


def test_closed_form_agrees_with_the_grid_and_follows_the_sliders(app):
    open_page(app, "lab", experiment="Probabilistic PCA", error="0.0")
    sentence = next(text for text in texts(app.markdown) if "Closed form" in text)
    exact, on_grid = map(float, re.findall(r"\*\*(-\d+\.\d+)\*\*", sentence))
    assert on_grid == pytest.approx(exact, abs=0.003)
    app.slider(key="angle").set_value(90).run()
    app.slider(key="error").set_value(2.0).run()
    assert not app.exception, texts(app.exception)
    formula = app.get("latex")[0].value
    assert r"\cdot 2.0^2 = 2.000" in formula
    assert "0.000^2) = -0.000" not in formula
