"""What Reconstruct says of a visitor's own images."""

import io

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from visits import new_session, open_page


def png(grey, mark=False):
    image = Image.new("L", (28, 28), grey)
    if mark:
        image.paste(0, (12, 4, 16, 24))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def test_blank_image_in_a_contact_sheet_is_not_given_a_class(app):
    app = open_page(app, "reconstruct", "mlp-2d-adam", source="your own image", **{"from": "files"})
    app.file_uploader[0].upload("blank.png", png(255), "image/png").run()
    assert not app.exception
    assert any("nothing to classify" in info.value for info in app.info)
    uploads = [("blank.png", png(255), "image/png"), ("one.png", png(255, mark=True), "image/png")]
    app.file_uploader[0].set_value(uploads).run()
    assert not app.exception
    sheet = {text.value.split("**")[1]: text.value for text in app.markdown if text.value.startswith(":small[**")}
    assert "blank, nothing to classify" in sheet["blank.png"]
    assert "nothing to classify" not in sheet["one.png"]


def test_page_opens_with_the_drawing_pad_for_a_model_of_handwriting(app):
    app = open_page(app, "reconstruct", "mlp-2d-adam", source="your own image")
    assert not app.exception
    assert app.query_params["from"] in ("draw", ["draw"])
    circles = open_page(new_session(), "reconstruct", "circles-3d", source="your own image")
    assert circles.query_params["from"] in ("files", ["files"])


def test_address_with_the_former_name_of_the_section_leads_to_it(app):
    app = open_page(app, "reconstruct", "mlp-2d-adam", source="your own picture")
    assert not app.exception
    assert app.query_params["source"] in ("your own image", ["your own image"])


def keys_known(app):
    """How many keys of widgets the visit remembers, for as long as it lasts."""
    return len(app._session_state._state._key_id_mapper.id_key_mapping)


@pytest.mark.parametrize("page", ["reconstruct", "generate"])
def test_a_visit_remembers_nothing_of_images_taken_away(app, page):
    if page == "reconstruct":
        app = open_page(app, page, "mlp-2d-adam", source="your own image", **{"from": "files"})
    else:
        app = open_page(app, page, "circles-3d", make="interpolate")
        app.segmented_control(key="start-from").set_value("own image").run()
    counts = []
    for grey in (250, 240, 230):
        app.file_uploader[0].set_value(("own.png", png(grey, mark=True), "image/png")).run()
        assert not app.exception
        counts.append(keys_known(app))
    assert counts[0] == counts[1] == counts[2]


def test_choices_for_an_image_stay_with_it(app):
    """They hold while they are folded too, and nothing of them is drawn then."""
    app = open_page(app, "reconstruct", "mlp-2d-adam", source="your own image", **{"from": "files"})
    uploads = [(f"{grey}.png", png(grey, mark=True), "image/png") for grey in (250, 240)]
    app.file_uploader[0].set_value(uploads).run()
    app.session_state["own.preparing"] = True
    app.run()
    app.segmented_control(key="own.turn").set_value(90).run()
    app.slider(key="own.across").set_range(10, 90).run()
    app.selectbox(key="own.chosen").set_value(1).run()
    assert (app.segmented_control(key="own.turn").value, app.slider(key="own.across").value) == (0, (0, 100))
    app.selectbox(key="own.chosen").set_value(0).run()
    assert (app.segmented_control(key="own.turn").value, app.slider(key="own.across").value) == (90, (10, 90))
    app.session_state["own.preparing"] = False
    app.run()
    app.run()
    assert not [each for each in app.segmented_control if each.key == "own.turn"]
    app.session_state["own.preparing"] = True
    app.run()
    assert (app.segmented_control(key="own.turn").value, app.slider(key="own.across").value) == (90, (10, 90))
    assert "turned by 90° clockwise, as you chose" in " ".join(each.value for each in app.markdown)
    assert not app.exception
    assert not app.warning


def test_a_visit_keeps_the_stages_of_the_image_that_is_shown_alone():
    def script():
        import streamlit as st

        from aeviz.web.kernel.models import list_models
        from aeviz.web.kernel.upload import SAMPLES, OwnImage, prepare, usual_options

        model = list_models()["mlp-2d-adam"]
        picture = OwnImage(name="photo", data=next(SAMPLES.glob("*.jpg")).read_bytes())
        found = [prepare(picture, model, usual_options(model), with_stages=each) for each in (False, True)]
        st.text(f"{[bool(each.stages) for each in found]} {(found[0].image == found[1].image).all()}")

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert app.text[0].value == "[False, True] True"
