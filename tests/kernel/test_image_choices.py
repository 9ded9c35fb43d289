"""Choices for each image of a visitor: kept while another image is shown, and while the visitor is on another page."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from aeviz.web.kernel.image_choices import recall_choices

    shown = st.session_state.get("image", "a")
    if shown != "nothing":  # as on another page
        recall_choices("own", shown, {"turn": 0})
        st.slider("Turn", 0, 360, key="own.turn")


def show(app, image):
    """The choice for an image when it is shown next; None where there is none."""
    app.session_state["image"] = image
    app.run()
    assert not app.exception
    return app.slider[0].value if app.slider else None


def test_each_image_keeps_its_choice():
    app = AppTest.from_function(page).run()
    app.slider[0].set_value(90).run()
    assert [show(app, image) for image in ("b", "a", "b")] == [0, 90, 0]


def test_choices_outlast_a_visit_to_another_page():
    app = AppTest.from_function(page).run()
    app.slider[0].set_value(90).run()
    assert [show(app, image) for image in ("b", "a", "nothing", "b", "a")] == [0, 90, None, 0, 90]
    app.slider[0].set_value(180).run()
    assert [show(app, image) for image in ("nothing", "a")] == [None, 180]
