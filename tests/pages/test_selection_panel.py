"""The panel of picked images, on a page of its own: what the map hands it is a plain array."""

import pytest
from streamlit.testing.v1 import AppTest
from test_latent_page import said

from aeviz.data.imports import read_imported
from aeviz.data.imports.store import ABOUT
from aeviz.serving.mode import MODE


def panel(model, chosen):
    """The page: the panel alone."""
    import numpy as np

    from aeviz.web.kernel.models import list_models
    from aeviz.web.map.selection import show_selection

    runs = [list_models()[name] for name in model.split("+")]
    show_selection(None if chosen is None else np.array(chosen), runs)


@pytest.fixture
def show(app):
    """A function that shows the panel for a model and a set; it needs no data but the digits."""

    def run(model, chosen):
        shown = AppTest.from_function(panel, args=(model, chosen), default_timeout=60).run()
        assert not shown.exception, [entry.value for entry in shown.exception]
        return shown

    return run


def captions(shown):
    return [image.proto.imgs[0].caption for image in shown.get("image")]


def test_nothing_picked_says_how(show):
    shown = show("digits-2d-adam", None)
    assert "Lasso some points" in said(shown)
    assert not shown.get("image")


def test_empty_outline_says_so(show):
    shown = show("digits-2d-adam", [False] * 297)
    assert "0 of 297 images selected" in said(shown)
    assert "contains no visible point" in said(shown)


def test_set_is_shown_with_its_classes_means_and_files(show):
    shown = show("digits-2d-adam", list(range(100)))
    assert "100 of 297 images selected" in said(shown)
    assert captions(shown) == [
        "64 of the selected images, evenly spaced by index",
        "mean image",
        "digits-2d-adam: mean latent point, decoded",
    ]
    assert "spread" in said(shown)
    assert len(shown.get("plotly_chart")) == 1
    assert [button.proto.label for button in shown.get("download_button")] == ["Table (CSV)", "Images (PNG)"]


def test_few_images_cannot_be_trained_on(show):
    (button,) = show("digits-2d-adam", list(range(11))).button
    assert button.label == "Train on these"
    assert button.disabled
    assert not show("digits-2d-adam", list(range(12))).button[0].disabled


def test_nothing_is_trained_on_a_demonstration_server(show, monkeypatch):
    monkeypatch.setenv(MODE, "demo")
    assert not show("digits-2d-adam", list(range(20))).button


def test_images_become_an_upload_where_a_visitor_may_not_name_folders(show, monkeypatch, tmp_path):
    monkeypatch.setenv(MODE, "class")
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    shown = show("digits-2d-adam", list(range(40))).button[0].click().run()
    assert not shown.exception
    assert "there is no page '/train'" in shown.error[0].value, "the panel stands on a page of its own"
    assert not (tmp_path / "runs").exists()
    (about,) = [read_imported(path.parent) for path in (tmp_path / "cache").rglob(ABOUT)]
    assert (about.n_images, about.image_shape) == (40, (1, 8, 8))
    assert len(about.class_names) == 10


def test_images_are_not_copied_onto_a_full_disk(show, monkeypatch, tmp_path):
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path))
    monkeypatch.setenv("AEVIZ_LIMIT_FREE_MB", str(10**9))
    shown = show("digits-2d-adam", list(range(20))).button[0].click().run()
    assert not shown.exception
    assert shown.error[0].value.startswith("the server's disk has ")
    assert not list(tmp_path.iterdir())


def test_mask_and_places_are_the_same_set(show):
    places = [3, 5, 250]
    mask = [index in places for index in range(297)]
    assert said(show("digits-2d-adam", places)) == said(show("digits-2d-adam", mask))
    assert "3 of 297" in said(show("digits-2d-adam", [*places, 5, 9999, -1]))


def test_images_are_decoded_where_the_originals_are_missing(show):
    shown = show("mlp-2d-adam+mlp-2d-amsgrad", list(range(10_000)))
    assert "10,000 of 10,000 images selected" in said(shown)
    assert "decoded by mlp-2d-adam, because the originals are not" in captions(shown)[0]
    assert captions(shown)[1:] == [
        "mlp-2d-adam: mean latent point, decoded",
        "mlp-2d-amsgrad: mean latent point, decoded",
    ]
    labels = [button.proto.label for button in shown.get("download_button")]
    assert labels == ["Table of mlp-2d-adam (CSV)", "Table of mlp-2d-amsgrad (CSV)", "Images (PNG)"]
