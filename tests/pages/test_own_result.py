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
    assert len(passes) == 1  # the others when somebody asks for them
    passes.clear()
    visit = AppTest.from_function(pages, default_timeout=120)
    visit.session_state["own.all-models"] = visit.session_state["own.preparing"] = True
    visit.run()
    assert not visit.exception
    assert len(passes) > 5
    first = Counter(passes.values())
    assert first[2] == 1  # the model whose verdict is shown encodes its reconstruction too
    assert first[1] == len(passes) - 1
    visit.run()
    assert not visit.exception
    assert Counter(passes.values()) == first
    visit.segmented_control(key="own.turn").set_value(90).run()
    assert not visit.exception
    assert Counter(passes.values()) == {4: 1, 2: len(passes) - 1}


def judge_digits():
    from types import SimpleNamespace

    import streamlit as st
    from sklearn.neighbors import KNeighborsClassifier

    from aeviz.web.kernel.images import originals
    from aeviz.web.kernel.models import list_models
    from aeviz.web.reconstruct.own_result import result_of

    model = list_models()["digits-2d-adam"]
    test_set = originals(model)
    classifier = KNeighborsClassifier(10).fit(test_set.images.reshape(len(test_set), -1), test_set.labels)
    disagreements = 0
    for image in test_set.images[:40]:
        result = result_of(SimpleNamespace(image=image), model)
        label = int(classifier.predict(image.reshape(1, -1))[0])
        others = result.other_classes
        by_pixels = others.get("the 10 test images with the nearest pixels", result.judged.votes.label)
        assert by_pixels == label
        assert result.judged.votes.label not in others.values()
        disagreements += len(others)
    st.text(disagreements)


def test_judges_that_disagree_with_the_latent_neighbours_are_named():
    visit = AppTest.from_function(judge_digits, default_timeout=120).run()
    assert not visit.exception, visit.exception
    assert int(visit.text[0].value) > 0
