"""The Playground without a browser: what the page is sent, what it may report, and what is kept."""

import base64

import numpy as np
import pytest
from visits import open_page, texts

from aeviz.web.components.kit.wire import unpack
from aeviz.web.playground import view


class Page:
    """Stands in for the component: what it is sent, and what it reports."""

    def __init__(self, monkeypatch):
        self.payload, self.blobs = {}, {}
        self.reported, self.kept = {}, None
        monkeypatch.setattr(view, "playground", self.show)
        monkeypatch.setattr(view, "send_blob", lambda name, content: self.blobs.setdefault(name, content))
        monkeypatch.setattr(view, "values_of", lambda key: self.reported)
        monkeypatch.setattr("aeviz.web.playground.keep.sent_of", lambda key: self.kept)

    def show(self, data, *, key, on_change, on_keep):
        import streamlit as st

        self.payload = unpack(data)
        st.button("report", on_click=on_change)
        st.button("keep", on_click=on_keep)


@pytest.fixture
def page(monkeypatch):
    return Page(monkeypatch)


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, texts(app.exception)


def test_the_page_opens_with_the_digits_and_is_sent_a_network_and_its_images(app, page):
    open_page(app, "playground")
    assert not app.exception, texts(app.exception)
    sent = page.payload
    assert sent["values"]["data"] == "digits"
    assert sent["values"]["hidden"] == sent["defaults"]["digits"]
    assert set(sent["plan"]["steps"]) == {"adam", "amsgrad", "sgd"}
    assert sent["message"] == ""
    images = unpack(page.blobs[sent["data"]["blob"]])
    assert images["images"].shape[1] == sent["plan"]["pixels"] == 64
    assert len(images["labels"]) == len(images["images"])


def test_the_titles_of_choices_are_german_and_their_values_are_not(app, page):
    open_page(app, "playground", lang="de", optimizer="sgd", noise="gaussian")
    assert not app.exception, texts(app.exception)
    assert ["none", "ohne"] in page.payload["options"]["noise"]
    assert ["own", "deine eigenen Bilder"] in page.payload["options"]["data"]
    assert page.payload["values"]["noise"] == "gaussian"
    assert page.payload["plan"] is not None


def test_an_address_from_anywhere_gives_defaults_or_a_sentence(app, page):
    nonsense = {"hidden": "0.x", "rate": "-1", "latent": "1e9", "optimizer": "lion", "batch": "0", "data": "../etc"}
    open_page(app, "playground", **nonsense)
    assert page.payload["values"]["rate"] == "0.001"
    assert page.payload["values"]["data"] == "digits"
    assert page.payload["plan"] is not None
    open_page(app, "playground", hidden="1024.1024.1024.1024")
    assert page.payload["plan"] is None
    assert "the page trains at most" in page.payload["message"]
    assert not app.exception


@pytest.mark.parametrize(("asked", "steps"), [("600", 600), ("0", 0), ("9999999", 5000), ("x", None), (None, None)])
def test_an_address_asks_the_page_to_train_by_itself(app, page, asked, steps):
    open_page(app, "playground", **({} if asked is None else {"train": asked}))
    assert page.payload["train"] == steps


def test_what_the_page_reports_goes_into_the_address_and_only_what_is_allowed(app, page):
    open_page(app, "playground")
    page.reported = {**page.payload["values"], "rate": "0.01", "hidden": "32.8", "second": "amsgrad", "evil": "1"}
    press(app, "report")
    assert app.query_params["rate"] == "0.01"
    assert app.query_params["hidden"] == "32.8"
    assert "evil" not in app.query_params
    assert "loss" not in app.query_params  # the default leaves no trace
    before = page.payload["structure"]
    page.reported = {**page.reported, "rate": "1e999", "activation": "tanh"}
    press(app, "report")
    assert page.payload["values"]["rate"] == "0.001"
    assert page.payload["structure"] != before


def test_a_model_that_cannot_be_kept_is_refused_and_one_that_can_becomes_a_run(app, page, monkeypatch, tmp_path):
    from aeviz.web.components.playground.component import Sent

    started = []
    monkeypatch.setattr("aeviz.workers.training.evaluate", lambda path, config: started.append(path))
    open_page(app, "playground")
    press(app, "keep")
    assert "sent no model" in page.payload["kept"]["text"]
    size = page.payload["plan"]["size"]
    for weights in (b"1234", np.full(size, np.nan, "<f4").tobytes()):
        page.kept = Sent(values=page.payload["values"], weights=weights, step=3)
        press(app, "keep")
        assert "was not kept" in page.payload["kept"]["text"]
    page.kept = Sent(values={**page.payload["values"], "data": "own"}, weights=b"", step=3)
    press(app, "keep")
    assert "your page alone" in page.payload["kept"]["text"]
    assert not started
    page.kept = Sent(values=page.payload["values"], weights=np.zeros(size, "<f4").tobytes(), step=12)
    press(app, "keep")
    assert page.payload["kept"]["text"].startswith("Kept after 12 steps")
    (path,) = started
    assert (path / "model.safetensors").is_file()
    assert page.payload["kept"]["links"][0]["href"] == f"/train?run={path.name}"


@pytest.mark.parametrize(
    "message",
    [None, 3, {}, {"kept": {}}, {"kept": {"weights": "!", "step": 1}}, {"kept": {"weights": "AAAA", "step": "1"}}],
)
def test_any_message_may_come_from_a_browser(message, monkeypatch):
    from aeviz.web.components.playground import component

    monkeypatch.setattr(component, "state_of", lambda key: message)
    assert component.sent_of("playground") is None
    assert component.values_of("playground") == {}


def test_a_whole_message_is_read(monkeypatch):
    from aeviz.web.components.playground import component

    weights = base64.b64encode(b"\x00" * 8).decode()
    message = {"kept": {"weights": weights, "step": 5, "values": {"rate": "1", "bad": 3}}}
    monkeypatch.setattr(component, "state_of", lambda key: message)
    found = component.sent_of("playground")
    assert (found.weights, found.step, found.values) == (bytes(8), 5, {"rate": "1"})
