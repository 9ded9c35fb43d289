"""Experiments of the Lab on images: what the visitor edits goes into the address, and nonsense does not."""

import importlib

from visits import assert_healthy, open_page

from aeviz.web.components.kit.mount import safe_key


def stand_in(monkeypatch, module, name, sent):
    """Put a select box in place of a component; it reports what `sent` holds. Return what the component is shown."""
    import streamlit as st

    view = importlib.import_module(f"aeviz.web.lab.{module}")
    shown = []

    def show(values, *, key, on_change, **_):
        shown.append(tuple(values))

        def take():
            st.session_state[safe_key(key)] = {"changed": sent[st.session_state["hand"]]}
            on_change()

        st.selectbox("hand", ["none", *sent], key="hand", on_change=take)

    monkeypatch.setattr(view, name, show)
    return shown


def test_layer_and_input_are_kept_apart(app, monkeypatch):
    sent = {
        "good": [2, 1, 2, 0, 1, 0, 2, 2, 1, -2, 0, 3, 5, 6, 7, 8],
        "wrong size": [3, 1, 2, 0, 1, 0, 2, 2, 1, -2, 0, 3, 5, 6, 7, 8],
        "nothing": [],
        "infinite": [float("inf")],
    }
    shown = stand_in(monkeypatch, "convolution", "convolution", sent)
    open_page(app, "lab", experiment="Convolution and pooling", layer="3_9", input="1_2_x_4")
    assert len(shown[-1]) == 8 + 9 + 64
    app.selectbox(key="hand").set_value("good").run()
    assert app.query_params["layer"] == "2_1_2_0_1_0_2_2_1_-2_0_3"
    assert app.query_params["input"] == "5_6_7_8"
    assert shown[-1] == tuple(sent["good"])
    for name in list(sent)[1:]:
        app.selectbox(key="hand").set_value(name).run()
        assert app.query_params["layer"] == "2_1_2_0_1_0_2_2_1_-2_0_3"
        assert app.query_params["input"] == "5_6_7_8"
    assert_healthy(app, "Lab")
