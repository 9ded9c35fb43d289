"""What a model makes of a visitor's picture is computed once, whatever shows it."""

from collections import Counter

import pytest
from streamlit.testing.v1 import AppTest


def pages():
    import streamlit as st

    from aeviz.web.kernel.models import list_models
    from aeviz.web.reconstruct.own_image import show_own_images

    found = {name: model for name, model in list_models().items() if model.has_summary}
    st.session_state["own.from"] = "samples"
    show_own_images(found, found["mlp-2d-adam"])


@pytest.fixture
def passes(monkeypatch, tmp_path):
    """How often each network encoded anything."""
    import aeviz.training.run

    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path))  # else the training images are encoded too
    counts, encode = Counter(), aeviz.training.run.Run.encode

    def counted(run, images):
        counts[run.name if hasattr(run, "name") else id(run)] += len(images)
        return encode(run, images)

    monkeypatch.setattr(aeviz.training.run.Run, "encode", counted)
    return counts


def test_each_model_encodes_a_picture_once_however_often_the_page_is_run(passes):
    visit = AppTest.from_function(pages, default_timeout=120).run()
    assert not visit.exception
    assert len(passes) > 5
    assert set(passes.values()) == {1}
    visit.run()
    assert not visit.exception
    assert set(passes.values()) == {1}
    visit.segmented_control(key=next(key.key for key in visit.button_group if ".turn." in (key.key or ""))).set_value(
        90
    ).run()
    assert not visit.exception
    assert set(passes.values()) == {2}
