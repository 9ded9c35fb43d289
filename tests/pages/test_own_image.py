"""What Reconstruct says of a visitor's own images."""

import io

from PIL import Image
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
