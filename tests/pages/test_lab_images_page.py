"""Experiments of the Lab on images: what the visitor edits goes into the address, and nonsense does not."""

import importlib

from visits import assert_healthy, open_page, texts

from aeviz.web.components.kit.mount import safe_key
from aeviz.web.lab import image_numbers
from aeviz.web.lab.pictures import small_flower


def stand_in(monkeypatch, module, name, sent):
    """Put a select box in place of a component; it reports what `sent` holds. Return what the component is shown."""
    import streamlit as st

    view = importlib.import_module(f"aeviz.web.lab.{module}")
    shown = []

    def show(values, *_, key, on_change, **__):
        shown.append(tuple(values))

        def take():
            st.session_state[safe_key(key)] = {"changed": sent[st.session_state["hand"]]}
            on_change()

        st.selectbox("hand", ["none", *sent], key="hand", on_change=take)

    monkeypatch.setattr(view, name, show)
    return shown


def test_layer_and_input_are_kept_apart(app, monkeypatch):
    sent = {
        "good": [2, 1, 2, 0, 1, 0, 2, 2, -4, 1, 1, -2, 0, 3, 5, 6, 7, 8],
        "wrong size": [3, 1, 2, 0, 1, 0, 2, 2, -4, 1, 1, -2, 0, 3, 5, 6, 7, 8],
        "nothing": [],
        "infinite": [float("inf")],
    }
    shown = stand_in(monkeypatch, "convolution", "convolution", sent)
    open_page(app, "lab", experiment="Convolution and pooling", layer="3_9", input="1_2_x_4")
    assert len(shown[-1]) == 10 + 9 + 64
    app.selectbox(key="hand").set_value("good").run()
    assert app.query_params["layer"] == "2_1_2_0_1_0_2_2_-4_1_1_-2_0_3"
    assert app.query_params["input"] == "5_6_7_8"
    assert shown[-1] == tuple(sent["good"])
    for name in list(sent)[1:]:
        app.selectbox(key="hand").set_value(name).run()
        assert app.query_params["layer"] == "2_1_2_0_1_0_2_2_-4_1_1_-2_0_3"
        assert app.query_params["input"] == "5_6_7_8"
    assert_healthy(app, "Lab")
    open_page(app, "lab", experiment="Convolution and pooling", layer="2_1_2_0_1_0_2_2_1_-2_0_3", input="5_6_7_8")
    assert shown[-1] == (2, 1, 2, 0, 1, 0, 2, 2, 0, 0, 1, -2, 0, 3, 5, 6, 7, 8)  # from before there was an activation


def test_error_and_distortion_are_in_the_address_and_the_example_is_worked_out(app, monkeypatch):
    sent = {"good": [2.5, 1, 6], "bad": [999, 0, 0]}
    shown = stand_in(monkeypatch, "image_losses", "image_losses", sent)
    open_page(app, "lab", experiment="Losses on images", distorted="0_0_0")
    assert shown[-1] == (10, 0, 3)
    for hand in ("good", "bad"):
        app.selectbox(key="hand").set_value(hand).run()
        assert app.query_params["distorted"] == "2.5_1_6"
    table = next(text for text in texts(app.markdown) if "S2 prints" in text and text.startswith("| x"))
    assert all(number in table for number in ("1.75", "**0.9334**", "**0.9955**", "0.94326"))
    assert_healthy(app, "Lab")


def test_noise_comes_back_with_a_larger_error_than_images(app):
    open_page(app, "lab", experiment="Natural images and noise", model="digits-2d-adam", draw="3")
    table = next(text for text in texts(app.markdown) if "| noise |" in text).splitlines()
    images, noise = ([float(cell) for cell in row.split("|")[2:4]] for row in table[2:])
    assert images[0] > 0.3 > 0.05 > abs(noise[0])
    assert noise[1] > 5 * images[1]
    assert_healthy(app, "Lab")


def test_ms_ssim_stays_at_the_negative(app):
    open_page(app, "lab", experiment="Descent on pixels", target="digit 3, 8 x 8", start="the negative")
    rows = [text for text in texts(app.markdown) if ": MSE 0." in text]
    assert len(rows) == 5
    assert [row for row in rows if "gradient 0" in row] == [row for row in rows if "MS-SSIM" in row]
    assert_healthy(app, "Lab")


def test_a_pixel_of_three_channels_is_in_the_address(app):
    open_page(app, "lab", experiment="An image as numbers", pixels="RGB: d = 3", rgb="64_0_0_0_0")
    assert image_numbers.RGB.start[1:4] == tuple(small_flower()[3, 3])
    assert_healthy(app, "Lab")
