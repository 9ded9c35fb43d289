"""The experiment on the code book of a VQ-VAE, with the model that ships and without the images."""

import json
import math
import re

import pytest
from visits import open_page, texts

NAME = "Code book of a VQ-VAE"


def figure(app):
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def sentence(app, words):
    return next(text for text in texts(app.markdown) if words in text)


@pytest.fixture
def visit(app):
    def open_experiment(model="vq-mnist", **address):
        open_page(app, "lab", model, experiment=NAME, **address)
        assert not app.exception, texts(app.exception)
        assert not app.error, texts(app.error)
        return app

    return open_experiment


def test_shipped_model_shows_bits_and_the_chosen_code(visit):
    app = visit(image="8")
    formula = "".join(texts(app.get("latex")))
    assert rf"8 \cdot \log_2 32 = {8 * math.log2(32):g} \text" in formula
    assert r"8 \cdot 784 = 6{,}272 \text{ bits}, \ 157 : 1" in formula
    assert figure(app)["data"][1]["text"] == [str(code) for code in range(32)]
    before = sentence(app, "Codes of the image")
    assert "→" not in before
    own = int(before.split("**")[1])
    other = (own + 1) % 32
    app.selectbox(key="code").set_value(str(other)).run()
    assert not app.exception, texts(app.exception)
    assert f"**{own} → {other}**" in sentence(app, "Codes of the image")
    app.selectbox(key="position").set_value("8").run()
    assert f"→ {other}**" in sentence(app, "Codes of the image")


def test_with_the_images_the_nearest_code_has_its_distances(shared_root, visit, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(shared_root))
    app = visit(image="8", position="3")
    formula = next(text for text in texts(app.get("latex")) if "arg" in text)
    nearest, second = map(float, re.findall(r"\d\.\d{3}", formula))
    assert nearest < second
    assert "Squared error with its codes" in sentence(app, "Squared error")


def test_bad_address_falls_back(visit):
    app = visit(image="nan", position="77", code="x")
    assert app.selectbox(key="position").value == "1"
    assert app.selectbox(key="code").value == "the encoder's"


def test_models_without_a_code_book_are_not_offered(visit):
    app = visit("mlp-2d-adam")
    assert app.selectbox(key="model").options == ["vq-mnist"]
