"""PCA = linear autoencoder as a visitor without data has it; the film itself is tested in the browser."""

import time

import numpy as np
import pytest
from PIL import Image
from visits import assert_healthy, open_page, texts

from aeviz.web.pca import cached
from aeviz.workers.relu import ReluConfig, relu_task
from aeviz.workers.task import Task, TaskView

PATIENCE_S = 90
TITLE = "PCA = linear autoencoder"


def open_pca(app, **address):
    return open_page(app, "pca", **address)


def verdict(app):
    return next(
        text
        for text in texts(app.markdown)
        if "error is" in text or "Nothing is lost" in text or "PCA is exact" in text
    )


def test_page_opens_with_embedded_data_and_states_the_verdict(app):
    app = open_pca(app)
    assert_healthy(app, TITLE)
    text = verdict(app)
    assert "**The error is the same**" in text
    assert "**The subspace is the same** to 0." in text
    assert "**The axes are different**" in text
    assert "Any invertible map of the latent" in text
    assert "1,250 images" in text


def test_verdict_follows_every_control(app):
    app = open_pca(app, data="digits")
    seen = [verdict(app)]
    app.segmented_control(key="weights").set_value("tied").run()
    seen.append(verdict(app))
    assert "Any rotation or reflection of the latent" in seen[-1]
    app.toggle(key="centred").set_value(False).run()
    seen.append(verdict(app))
    assert "Without centring" in seen[-1]
    app.slider(key="k").set_value(8).run()
    seen.append(verdict(app))
    app.button(key="again").click().run()
    seen.append(verdict(app))
    app.selectbox(key="optimizer").set_value("gradient descent").run()
    app.select_slider(key="rate.gradient descent").set_value("0.1").run()
    seen.append(verdict(app))
    assert "**The error is not the same yet**" in seen[-1]
    assert_healthy(app, TITLE)
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"optimizer": "least squares", "weights": "tied"}, "steps of least squares"),
        ({"optimizer": "l-bfgs", "penalty": "rising", "l2": "0.03"}, "**The axes are the same**"),
        ({"penalty": "equal", "l2": "0.03"}, "the effect of L2 on both layers"),
        ({"penalty": "equal", "l2": "0.0001", "k": "4"}, "L2 is too weak to cost more"),
        ({"penalty": "rising", "l2": "0.01", "k": "3", "steps": "250"}, "Components 2 and 3 have nearly the same"),
        ({"penalty": "equal", "l2": "0.1", "k": "8"}, "the L2 penalty exceeds a component's share of the variance"),
        ({"k": "64"}, "**Nothing is lost**: the images have rank 61"),
        ({"k": "64", "penalty": "equal", "l2": "0.01"}, "of the total variance, the cost of L2"),
        ({"k": "64", "optimizer": "gradient descent", "steps": "250"}, "The autoencoder still misses"),
        ({"k": "1"}, "there is one axis"),
        ({"data": "circles", "k": "3"}, "5,000 images"),
    ],
)
def test_address_defines_what_is_trained(app, address, sentence):
    app = open_pca(app, **{"data": "digits", **address})
    assert_healthy(app, TITLE)
    assert sentence in verdict(app)


def test_much_that_is_left_is_never_told_as_nothing(app):
    app = open_pca(app, data="digits", k="64", penalty="equal", l2="0.01")
    assert "**PCA is exact here**: the images have rank 61" in verdict(app)
    assert "misses 19%" in verdict(app)


def test_diverging_rate_is_explained_and_the_controls_stay(app):
    app = open_pca(app, data="digits", optimizer="momentum", **{"rate.momentum": "3", "steps": "2000"})
    app.selectbox(key="optimizer").set_value("gradient descent").run()
    app.select_slider(key="rate.gradient descent").set_value("30").run()
    assert not app.exception
    assert "diverged at step" in app.error[0].value
    app.select_slider(key="rate.gradient descent").set_value("3").run()
    assert_healthy(app, TITLE)


def test_missing_data_is_offered_with_a_way_round(app):
    app = open_pca(app, data="mnist")
    assert_healthy(app, TITLE)
    assert app.button(key="download.mnist")
    assert "8x8 digits" in app.info[0].value


def test_data_that_is_not_here_is_told(app):
    app = open_pca(app, data="kmn*ist")
    assert_healthy(app, TITLE)
    assert r"Unknown data set 'kmn\*ist'; digits is shown." in texts(app.info)


@pytest.fixture
def cache(tmp_path, monkeypatch, no_worker_left):
    """An AEVIZ_CACHE of the test's own."""
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))


def run_until(app, condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        assert_healthy(app, TITLE)
        time.sleep(0.2)
        app.run()


@pytest.mark.slow
def test_relu_is_switched_on_and_compared_by_class_and_image(app, cache):
    app = open_pca(app, data="digits")
    assert any("Nothing is trained yet" in text for text in texts(app.markdown))
    app.button(key="relu").click().run()
    assert "You may leave this page" in app.get("progress")[0].proto.text
    run_until(app, lambda: any("With ReLU the error is" in text for text in texts(app.markdown)))
    assert_healthy(app, TITLE)
    text = next(text for text in texts(app.markdown) if "With ReLU the error is" in text)
    assert "297 test images" in text
    assert "% less**" in text  # with the settings that the page opens with, ReLU wins
    assert "training is not over" not in text
    assert any("clipped to [0, 1]" in text for text in texts(app.caption))
    assert len(app.get("plotly_chart")) == 2
    again = open_pca(app, data="digits")
    assert "With ReLU the error is" in " ".join(texts(again.markdown))  # kept for all visitors


def test_relu_comparison_belongs_to_the_images_it_was_made_of(tmp_path, cache):
    images = np.random.default_rng(0).integers(0, 256, (30, 28, 28), np.uint8)
    keys = set()
    for grey in (0, 100, 200):
        images[15, 10:20, 10:20] = grey
        for place, image in enumerate(images):
            Image.fromarray(image).save(tmp_path / f"{place:02}.png")
        *_, digest = cached.relu_images(cached.data_key(f"folder:{tmp_path}"))
        keys.add(relu_task(digest, ReluConfig(latent_dim=2, layers=1, steps=60)).key)
    assert len(keys) == 3


def test_relu_training_outlives_the_visit_and_can_be_stopped(app, cache):
    app = open_pca(app, data="circles", **{"relu-epochs": "longer"})
    assert any("trains a nonlinear autoencoder here, in about half a minute" in text for text in texts(app.markdown))
    app.button(key="relu").click().run()
    app.switch_page("pages/home.py").run()
    app = open_pca(app, data="circles", **{"relu-epochs": "longer"})
    assert app.get("progress")
    app.button(key="relu-stop").click().run()
    run_until(app, lambda: any("Nothing is trained yet" in text for text in texts(app.markdown)))
    assert_healthy(app, TITLE)


def test_failed_relu_training_is_told_and_offered_again(app, cache, monkeypatch):
    failed = TaskView(state="failed", share=0.0, seconds=1.0, seconds_left=None, message="no *room*")
    monkeypatch.setattr(Task, "observe", lambda task: failed)
    app = open_pca(app, data="digits", **{"relu-k": "16"})
    assert texts(app.error) == ["The training failed: no \\*room\\*; try again."]
    assert not app.button(key="relu").disabled
