"""What the latent map shows beyond its points, as a visitor without a browser has it."""

import pytest
from streamlit.testing.v1 import AppTest
from test_latent_page import open_map, said

from aeviz.paths import checkpoints_root
from aeviz.training.runs import RunFolder
from aeviz.web.components.kit.wire import unpack
from aeviz.web.kernel.models import list_models

DIGITS, PLAIN, VARIATIONAL = "digits-2d-adam", "mlp-2d-adam", "vae-2d"


@pytest.fixture
def overlays(app, monkeypatch):
    """The headers of the overlays that the map was given, call by call."""
    from aeviz.web.map import view

    calls, pack = [], view.pack_overlay

    def spy(*args):
        payload = pack(*args)
        calls.append(unpack(payload))
        return payload

    monkeypatch.setattr(view, "pack_overlay", spy)
    return calls


def test_pictures_are_offered_only_where_the_images_are(app, overlays):
    open_map(app, DIGITS)
    assert overlays[-1]["sprite"].startswith("sprites-")
    assert "Zoom in" in overlays[-1]["hint"]
    open_map(app, PLAIN)  # MNIST is not on this machine
    assert overlays[-1]["sprite"] is None
    assert overlays[-1]["hint"].startswith("Images of mnist are not on this machine")


def test_colour_by_error_divergence_and_density_have_a_scale(app, overlays):
    open_map(app, VARIATIONAL)
    assert overlays[-1]["scale"] is None
    for colour, title in (
        ("reconstruction error", "Reconstruction error"),
        ("KL divergence", "KL divergence from the prior (nats)"),
        ("density", "Density"),
    ):
        visit = open_map(app, VARIATIONAL, colour=colour)
        assert visit.selectbox(key="colour").value == colour
        assert overlays[-1]["scale"]["title"].startswith(title)
    kl = RunFolder.read(checkpoints_root() / VARIATIONAL).evaluation().kl
    assert 0.5 * kl < float(overlays[-2]["scale"]["middle"]) < kl  # the median of a skewed column lies below its mean


def test_circles_are_coloured_by_the_numbers_they_were_drawn_from(app, overlays):
    visit = open_map(app, "circles-3d", colour="true factor", factor="radius (px)")
    assert visit.selectbox(key="factor").options == ["centre x (px)", "centre y (px)", "radius (px)"]
    scale = overlays[-1]["scale"]
    assert scale["title"] == "Radius (px)"
    assert (float(scale["low"]), float(scale["high"])) == pytest.approx((2, 7), abs=0.1)
    assert "Linear regression of radius on z: R² = 0.649 (circles-3d)" in said(visit)
    visit = open_map(app, DIGITS, colour="true factor")
    assert "true factor" not in visit.selectbox(key="colour").options
    assert overlays[-1]["scale"] is None


def test_plain_model_offers_no_divergence_and_an_address_that_asks_for_it_is_followed_as_far_as_it_can(app, overlays):
    visit = open_map(app, PLAIN, colour="KL divergence")
    assert "KL divergence" not in visit.selectbox(key="colour").options
    assert overlays[-1]["scale"] is None
    visit.selectbox(key="colour").set_value("density").run()
    assert overlays[-1]["scale"] is not None


def test_plain_model_beside_a_variational_one_is_grey(app, overlays):
    open_map(app, VARIATIONAL, PLAIN, colour="KL divergence")
    assert overlays[-1]["scale"]["title"].startswith("KL")
    assert len(overlays[-1]["contours"]) == 2


def test_contours_are_of_all_points_or_of_each_class(app, overlays):
    open_map(app, DIGITS)
    assert overlays[-1]["contours"] == [[]]
    open_map(app, DIGITS, contours="all points")
    assert [contour["label"] for contour in overlays[-1]["contours"][0]] == [-1, -1]
    open_map(app, DIGITS, contours="by class")
    assert {contour["label"] for contour in overlays[-1]["contours"][0]} == set(range(10))
    open_map(app, "mlp-3d-adam", contours="by class")
    assert not any(overlays[-1]["contours"])


def test_nearest_images_are_named_and_can_be_chosen(app, overlays):
    visit = open_map(app, DIGITS, image="42")
    (neighbours,) = overlays[-1]["neighbours"]
    assert len(neighbours) == 10
    assert (overlays[-1]["chosen"], overlays[-1]["move"]) == (42, 0)
    assert "**Nearest images** in the latent space of digits-2d-adam (all 2 dimensions)" in said(visit)
    pills = visit.button_group(key="latent.neighbour.0")
    assert [int(option.split(", class ")[0]) for option in pills.options] == neighbours
    pills.set_value(neighbours[3]).run()
    assert not visit.exception
    assert (overlays[-1]["chosen"], overlays[-1]["move"]) == (neighbours[3], 1)
    assert f"Test image {neighbours[3]}, class" in said(visit)


def test_nearest_images_are_decoded_where_the_originals_are_missing(app):
    visit = open_map(app, PLAIN, image="17")
    assert "decoded, because the originals are not on this machine" in said(visit)


def late_event():
    import streamlit as st

    from aeviz.web.kernel.models import list_models
    from aeviz.web.map import view

    view._take(list_models()["digits-2d-adam"], "latent-map-nobody", "selected", 10)
    st.text("the page goes on")


def test_event_of_a_map_whose_page_was_left_is_ignored():
    visit = AppTest.from_function(late_event).run()
    assert not visit.exception
    assert visit.text[0].value == "the page goes on"


def test_visitor_who_comes_for_an_image_begins_at_its_code(app):
    visit = open_map(app, DIGITS, image="42")
    expected = list_models()[DIGITS].require_latents().z[42]
    assert visit.session_state[f"{DIGITS}.point"] == pytest.approx(expected.tolist(), rel=1e-2)
