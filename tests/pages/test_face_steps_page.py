"""The experiment on preparing a face: a drawing without the data, photographs with it, files of visitors."""

import io

import numpy as np
import pytest
from made_up_faces import write_faces
from PIL import Image
from visits import assert_healthy, open_page, texts

from aeviz.errors import DataError
from aeviz.web.lab.face_steps import read_own

NAME = "Preparing a face"


def sizes(app):
    return [text for text in texts(app.get("latex")) if "numbers" in text]


def test_a_drawing_stands_in_where_no_photographs_are(app, monkeypatch, tmp_path):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path))
    open_page(app, "lab", experiment=NAME, size="7", interpolation="x", picture="CelebA")
    (formula,) = sizes(app)
    assert r"178 \cdot 218 \cdot 3 = 116{,}412" in formula
    assert r"64 \cdot 64 \cdot 3 = 12{,}288" in formula
    app.checkbox(key="crop").set_value(False).run()
    app.selectbox(key="size").set_value(16).run()
    app.selectbox(key="interpolation").set_value("nearest pixel").run()
    (formula,) = sizes(app)
    assert formula.count("178") == 2
    assert r"16 \cdot 16" in formula
    assert any("levels differ by" in text for text in texts(app.markdown))
    assert_healthy(app, "Lab")


def test_photographs_where_they_are_and_files_of_visitors(app, monkeypatch, tmp_path):
    monkeypatch.setenv("AEVIZ_DATA", str(write_faces(tmp_path)))
    open_page(app, "lab", experiment=NAME, photograph="2")
    assert app.number_input(key="photograph").value == 2
    assert len(sizes(app)) == 1
    app.segmented_control(key="picture").set_value("your own").run()
    assert not sizes(app)
    assert_healthy(app, "Lab")


def test_an_own_image_is_made_smaller_and_nonsense_is_refused():
    file = io.BytesIO()
    Image.fromarray(np.zeros((900, 600), np.uint8)).save(file, "PNG")
    assert read_own(file.getvalue()).shape == (327, 218, 3)
    with pytest.raises(DataError):
        read_own(b"no image")
