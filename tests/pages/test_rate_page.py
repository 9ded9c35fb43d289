"""The experiment on bytes against error: with and without the images, good addresses and bad."""

import numpy as np
import pytest
from visits import assert_healthy, open_page

from aeviz.web.components.kit.mount import safe_key

NAME = "Rate and distortion"


@pytest.fixture
def shown(monkeypatch):
    """What the component is shown; a select box stands in for it and reports what it says."""
    import streamlit as st

    from aeviz.web.lab import rate

    found = []
    sent = {"good": [64, 2, 0], "bad": [1e9, 0, 0]}

    class StandIn:
        def show(self, values, *, key, on_change, more):
            found.append((tuple(values), more))

            def take():
                st.session_state[safe_key(key)] = {"changed": sent[st.session_state["hand"]]}
                on_change()

            st.selectbox("hand", ["none", *sent], key="hand", on_change=take)

    monkeypatch.setattr(rate, "RATE", StandIn())
    return found


def test_digits_ship_and_the_budget_is_in_the_address(app, shown):
    open_page(app, "lab", experiment=NAME, data="digits, 8 x 8", budget="0_9_9", image="5")
    values, more = shown[-1]
    assert values == (128, 0, 1)
    images = more["images"].reshape(-1, 64)
    assert len(images) == 1 + len(more["points"])
    original = images[0] / 255
    for picture, point in zip(images[1:] / 255, more["points"], strict=True):
        n_bytes, body, error = point["own"]
        assert 0 < body <= n_bytes
        assert ((picture - original) ** 2).mean() == pytest.approx(error, abs=3e-3)
    errors = {point["name"]: point["own"][2] for point in more["points"] if point["method"] == 0}
    assert errors["k = 32"] < errors["k = 2"]
    for hand in ("good", "bad"):
        app.selectbox(key="hand").set_value(hand).run()
        assert app.query_params["budget"] == "64_2_0"
    assert_healthy(app, "Lab")


def test_mnist_without_its_images_has_the_chart(app, shown, monkeypatch, tmp_path):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path))
    open_page(app, "lab", experiment=NAME, data="MNIST, 28 x 28", image="nan")
    _, more = shown[-1]
    assert more["images"].size == 0
    assert {method["short"] for method in more["methods"]} == {"PCA", "dense", "conv", "VQ-VAE", "JPEG", "WebP"}
    assert all("own" not in point for point in more["points"])
    assert np.isfinite([point["mse"] for point in more["points"]]).all()
    assert_healthy(app, "Lab")
