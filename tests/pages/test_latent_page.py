"""Latent space as a visitor without a browser has it: the controls of variational models and what they say."""

import pytest
from visits import new_session, open_page

from aeviz.paths import checkpoints_root

VARIATIONAL, PLAIN = "vae-2d", "mlp-2d-adam"


def open_map(app, model, beside="nothing", **parameters):
    """Open the page at an address in a session of its own; return the app."""
    visit = open_page(new_session(), "explore", model, **{f"with.{model}": beside, **parameters})
    assert not visit.exception, [entry.value for entry in visit.exception]
    assert not visit.error, [entry.value for entry in visit.error]
    return visit


def keys(app):
    return {widget.key for kind in ("button_group", "number_input", "selectbox") for widget in app.get(kind)}


def said(app):
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.subheader])


@pytest.fixture
def payloads(app, monkeypatch):
    """What the map was given, call by call."""
    from aeviz.web.map import view

    calls, pack = [], view.map_payload

    def spy(panels, labels, names, **options):
        calls.append((panels, options))
        return pack(panels, labels, names, **options)

    monkeypatch.setattr(view, "map_payload", spy)
    return calls


def test_plain_model_has_no_posterior_controls(app, payloads):
    visit = open_map(app, PLAIN, ellipses="all", prior="1")
    assert keys(visit).isdisjoint({"points", "sample", "rank"})
    ((panel,), _) = payloads[-1]
    assert panel.posteriors is None
    assert panel.priors == ()
    assert "nats per image" not in said(visit)


def test_variational_model_sends_its_ellipses_and_prior_once(app, payloads):
    open_map(app, VARIATIONAL)
    ((panel,), options) = payloads[-1]
    assert (options["ellipses"], options["prior"]) == ("chosen", False)
    assert panel.posteriors.shapes.shape == (10_000, 3)
    assert [(prior.centre, prior.radius, prior.label) for prior in panel.priors] == [((0, 0), 1, None)]


def test_address_says_what_is_drawn_and_nonsense_is_ignored(app, payloads):
    open_map(app, VARIATIONAL, ellipses="all", prior="1")
    assert (payloads[-1][1]["ellipses"], payloads[-1][1]["prior"]) == ("all", True)
    open_map(app, VARIATIONAL, ellipses="everything", prior="maybe")
    assert (payloads[-1][1]["ellipses"], payloads[-1][1]["prior"]) == ("chosen", False)
    open_map(app, VARIATIONAL, field="stretching")
    assert payloads[-1][1]["field"] == "stretching"
    open_map(app, VARIATIONAL, field="Stretching")
    assert payloads[-1][1]["field"] == "none"


def test_anchored_model_has_a_prior_a_class(app, payloads):
    visit = open_map(app, "vae-2d-anchored")
    ((panel,), _) = payloads[-1]
    assert [prior.label for prior in panel.priors] == list(range(10))
    assert panel.priors[0].centre == pytest.approx((4, 0), abs=1e-5)
    assert panel.priors[1].centre == pytest.approx((8 * 0.80902, 8 * 0.58779), abs=1e-3)
    assert "for each class, to its own prior" in said(visit)


def test_samples_stand_near_the_means_along_the_same_axes(app, payloads):
    visit = open_map(app, "vae-10d")
    (means,), _ = payloads[-1]
    visit = open_map(app, "vae-10d", points="a sample", sample="3")
    (panel,), _ = payloads[-1]
    assert panel.posteriors.means is means.points
    assert panel.axis_names == means.axis_names
    apart = (panel.points - means.points) / means.posteriors.shapes[:, :1]
    assert 0.5 < apart.std() < 1.1  # in units of the long half axis
    assert "a sample of the posterior (seed 3)" in said(visit)
    visit.number_input(key="sample").set_value(4.0).run()
    (other,), _ = payloads[-1]
    assert (other.points != panel.points).any()


def test_maps_that_an_address_asks_for_alone_say_what_one_explains_of_the_other():
    """The figure that the lesson on Adam and AMSGrad builds on, and nothing beside the maps."""
    alone = open_map(None, PLAIN, "mlp-2d-amsgrad", only="maps", lesson="adam-or-amsgrad")
    assert "Not aligned: 81% of the left map's variance explained." in said(alone)
    assert "Test error (MSE)" not in said(alone)
    assert not alone.get("download_button")
    later = open_map(None, PLAIN, "mlp-2d-amsgrad", only="maps")  # the address is kept, the lesson has ended
    assert later.get("download_button")


def test_alignment_moves_the_ellipses_along_and_samples_do_not_turn_the_map(app, payloads):
    visit = open_map(app, VARIATIONAL, "regime-both", align="true")
    aligned = next(caption.value for caption in visit.caption if caption.value.startswith("Aligned"))
    scale = float(aligned.split()[-1].rstrip("."))
    (_, right), _ = payloads[-1]
    assert right.priors[0].radius == pytest.approx(scale, abs=0.005)
    visit = open_map(app, VARIATIONAL, "regime-both", align="true", points="a sample")
    assert aligned in said(visit)


def test_map_in_space_says_why_there_are_no_ellipses(app, payloads):
    visit = open_map(app, "vae-3d", ellipses="all")
    assert all(panel.posteriors is None and panel.priors == () for panel in payloads[-1][0])
    assert "need a map of two latent dimensions" in said(visit)


def test_collapsed_dimensions_are_named(app):
    visit = open_map(app, "vae-10d")
    assert "**4 of 10 dimensions have collapsed** (z2, z7 to z9): they carry less than 0.01 nats each" in said(visit)


@pytest.mark.parametrize(("asked", "is_first"), [("measures", True), ("nonsense", False)])
def test_address_puts_the_measures_above_the_map(app, asked, is_first):
    visit = open_map(app, "vae-10d", first=asked)
    names = [
        element.proto.component_name if element.type == "bidi_component" else str(getattr(element, "value", ""))
        for element in visit.main
    ]
    bars, drawn = names.index("KL divergence of each latent dimension"), names.index("aeviz.map")
    assert (bars < drawn) is is_first


def test_spectrum_of_codes_ends_where_the_layers_are_narrow(app):
    visit = open_map(app, "mlp-64d-adam", first="measures")
    assert "mlp-64d-adam: 10 of 64 components hold more than 0.01% of the variance each." in said(visit)


def test_collapsed_dimensions_in_a_row_are_a_range(app):
    open_map(app, PLAIN)  # views are imported inside a run
    from aeviz.web.explore.posterior_view import name_dimensions

    assert name_dimensions([1, 4, 5, 6, 7, 9, 10]) == "z2, z5 to z8, z10, z11"
    assert name_dimensions([0]) == "z1"


def test_aggregate_posterior_starts_with_the_most_informative_dimension(app):
    visit = open_map(app, "vae-10d")
    assert "**vae-10d, z3**: mean" in said(visit)
    assert "0.01 nats** from the prior" in said(visit)
    visit.selectbox(key="rank").set_value(10).run()
    assert not visit.exception
    assert "the dimension has **collapsed**" in said(visit)
    visit = open_map(app, VARIATIONAL)
    assert "**Too wide**, 2.2 times the prior" in said(visit)


def test_model_beside_has_its_own_dimension(app):
    visit = open_map(app, "vae-10d", "regime-kl", rank="5")
    assert "**vae-10d, z5**" in said(visit)
    assert "regime-kl, z" not in said(visit)


def test_sample_of_the_chosen_image_is_decoded(app):
    visit = open_map(app, VARIATIONAL, image="17", points="a sample")
    assert "sigma = (" in said(visit)
    pictures = [picture.caption for image in visit.get("image") for picture in image.proto.imgs]
    assert "vae-2d: sample, decoded" in pictures


def test_models_of_these_tests_ship():
    assert all((checkpoints_root() / name).is_dir() for name in (VARIATIONAL, PLAIN, "vae-10d", "regime-kl"))


@pytest.mark.parametrize("asked", ["abc", "-3", "17.5", "10000", "9" * 400, "<b>x</b>"])
def test_image_that_is_none_is_named(app, asked):
    """The page says that it chose no image, and why; nothing else on it is missing."""
    visit = open_map(app, PLAIN, image=asked)
    (message,) = [element.value for element in visit.caption if "in the address" in element.value]
    assert "10,000 test images (0 to 9,999)" in message
    assert len(message) < 150
    assert "<b>" not in message
    assert "Test image" not in said(visit)


@pytest.mark.parametrize("asked", ["17", "17.0", None])
def test_image_of_the_data_or_none_needs_no_words(app, asked):
    visit = open_map(app, PLAIN, **({} if asked is None else {"image": asked}))
    assert not [element for element in visit.caption if "in the address" in element.value]
    assert ("Test image 17" in said(visit)) == (asked is not None)
