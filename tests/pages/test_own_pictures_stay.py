"""A visitor's pictures stay for the visit: an uploader forgets its files when another page or section is shown."""

import pytest
from streamlit.testing.v1 import AppTest

from aeviz.paths import PROJECT_ROOT

PHOTO = next((PROJECT_ROOT / "aeviz" / "web" / "kernel" / "samples").glob("*.jpg"))


def place():
    import streamlit as st

    from aeviz.web.kernel.upload import bring_images

    if st.toggle("shown", value=True):
        for name in ("first", "second"):
            found = bring_images("files", place=name)
            st.markdown(f"{name}: {[picture.name for picture in found]}")


@pytest.fixture
def visit():
    return AppTest.from_function(place, default_timeout=60).run()


def said(visit):
    return [element.value for element in visit.markdown]


def bring(visit, number):
    visit.file_uploader[number].upload(PHOTO.name, PHOTO.read_bytes(), "image/jpeg").run()
    assert not visit.exception


def test_picture_is_still_there_after_another_section_was_shown(visit):
    assert said(visit) == ["first: []", "second: []"]
    bring(visit, 0)
    visit.toggle[0].set_value(False).run()
    visit.toggle[0].set_value(True).run()
    assert not visit.exception
    assert said(visit) == [f"{name}: ['{PHOTO.name}']" for name in ("first", "second")]
    assert any("Uploaded before" in caption.value for caption in visit.caption)


def test_picture_can_be_forgotten(visit):
    bring(visit, 0)
    visit.toggle[0].set_value(False).run()
    visit.toggle[0].set_value(True).run()
    visit.button(key="first.forget-kept").click().run()
    assert said(visit) == ["first: []", "second: []"]
