"""The decoded plane of many dimensions as a visitor has it, with the encoded images and with their statistics alone."""

import shutil

import numpy as np
import pytest
from planes import DIMENSIONS, decoder, in_address, moved, said, visit
from visits import assert_healthy, open_plane

from aeviz.web.components.kit.wire import unpack


@pytest.mark.parametrize("model", ["wide", "plain", "bare"])
def test_page_sends_pad_sliders_strip_and_overview(runs, app, desk, model):
    app = open_plane(app, model)
    assert_healthy(app, "Explore")
    assert desk.header["parts"] == ["pad", "own", "sliders", "strip", "nearest", "waypoints", "overview"]
    assert [view["title"] for view in desk.header["decoder_views"]] == [model]
    assert len(desk.header["point"]) == len(desk.axes)
    assert "In distribution" in said(app)


@pytest.mark.parametrize("name", ["wide", "my__run_"])
def test_real_explorer_is_in_the_page(runs, app, name):
    if name != "wide":
        (runs / "wide").rename(runs / name)
    app = open_plane(app, name)
    assert_healthy(app, "Explore")
    sent = [element.proto for element in app.get("bidi_component")]
    assert {proto.component_name.rpartition(".")[2] for proto in sent} == {
        "explorer",
        "blobs",
        "copy_link",
        "history",
        "paste",
    }


def test_dimensions_come_by_divergence_with_their_nats(runs, app, desk):
    from aeviz.training.runs import RunFolder

    nats = np.array(RunFolder.read(runs / "wide").evaluation().kl_per_dimension)
    open_plane(app, "wide")
    labels = [f"{axis['name']} · {axis['note']}" for axis in desk.axes]
    assert labels == [f"z{index + 1} · {nats[index]:.2f} nats" for index in np.argsort(-nats)]


def test_point_that_is_let_go_of_is_in_the_address_and_measured(runs, app, desk):
    app = open_plane(app, "wide")
    start, turn = desk.header["point"], desk.header["revision"]
    app = desk.move(app, moved(start, z3=1.25))
    assert in_address(app, "wide.at") == "z3_1.25"
    assert desk.header["revision"] == turn  # the page is there already
    assert "In distribution" in said(app)
    app = desk.move(app, moved(start, z3=60))
    assert "Out of distribution" in app.warning[0].value


@pytest.mark.parametrize(
    "values", [None, [], [1.0], ["a"] * DIMENSIONS, [1e9] * DIMENSIONS, [float("nan")] * DIMENSIONS]
)
def test_point_that_is_none_changes_nothing(runs, app, desk, values):
    app = visit(app, "wide", at="z3_1.5")
    before = desk.header["point"]
    app = desk.send(app, "point", {"number": 1, "values": values})
    assert_healthy(app, "Explore")
    assert desk.header["point"] == before
    assert app.button(key="undo").disabled


def test_another_basis_keeps_the_point(runs, app, desk):
    app = open_plane(app, "wide")
    app.button(key="random").click().run()
    point, address, view = desk.header["point"], in_address(app, "wide.at"), desk.header["view"]
    app.segmented_control(key="basis").set_value("principal directions").run()
    assert not app.exception
    assert desk.header["point"] == point
    assert in_address(app, "wide.at") == address
    assert desk.header["view"] != view
    assert [axis["name"] for axis in desk.axes][:2] == ["PC1", "PC2"]


def test_move_along_a_direction_is_short_in_the_address(runs, app, desk):
    from aeviz.web.kernel import models, spaces

    app = open_plane(app, "wide")
    app.segmented_control(key="basis").set_value("principal directions").run()
    basis = spaces.basis(models.list_models()["wide"], "principal")
    app = desk.move(app, basis.origin - 0.5 * basis.axes[:, 1])
    assert in_address(app, "wide.at") == "PC2_-0.5"


def test_undo_and_redo_lose_nothing(runs, app, desk):
    app = open_plane(app, "wide")
    assert app.button(key="undo").disabled
    rest = desk.header["point"]
    app.button(key="random").click().run()
    drawn = desk.header["point"]
    assert drawn != rest
    by_hand = moved(drawn, z1=0.75)
    app = desk.move(app, by_hand)
    app = desk.move(app, by_hand)  # letting go where it lay already is no step
    app.button(key="reset").click().run()
    assert desk.header["point"] == pytest.approx(rest)
    turn = desk.header["revision"]
    app.button(key="undo").click().run()
    assert desk.header["revision"] == turn + 1  # or the page would not follow
    assert desk.header["point"] == pytest.approx(by_hand, abs=1e-2)
    app.button(key="undo").click().run()
    assert desk.header["point"] == drawn
    app.button(key="undo").click().run()
    assert desk.header["point"] == rest
    assert app.button(key="undo").disabled
    for _ in range(3):
        app.button(key="redo").click().run()
    assert desk.header["point"] == rest
    assert app.button(key="redo").disabled
    app.button(key="undo").click().run()
    app = desk.move(app, moved(rest, z2=0.5))
    assert app.button(key="redo").disabled  # another move was made


def test_image_point_needs_an_image(runs, app, desk):
    app = open_plane(app, "wide")
    before, turn = desk.header["point"], desk.header["revision"]
    app.button(key="image").click().run()
    assert not app.exception
    assert desk.header["point"] != before
    assert desk.header["revision"] == turn + 1
    app.selectbox(key="model").set_value("bare").run()
    assert "image" not in {button.key for button in app.button}


def test_image_point_without_kept_latents_comes_from_the_data_set(runs, app, desk, monkeypatch):
    from aeviz.web.kernel import points

    monkeypatch.setattr(points, "is_available", lambda name: True)
    app = open_plane(app, "bare")
    before = desk.header["point"]
    app.button(key="image").click().run()
    assert not app.exception
    assert desk.header["point"] != before


def test_point_far_from_the_cloud_is_marked_without_encoded_images(runs, app, desk):
    app = visit(app, "bare", at="~".join(f"z{index}_5" for index in range(1, 8)))
    assert not app.exception
    assert "Out of distribution" in app.warning[0].value
    assert "Mahalanobis" in app.warning[0].value


def test_draw_from_the_prior_is_among_what_the_decoder_learned_from(runs, app, desk):
    app = open_plane(app, "bare")
    app.slider(key="temperature").set_value(0.7)
    app.button(key="random").click().run()
    assert not app.warning


# What the page asks


@pytest.mark.parametrize("model", ["wide", "plain", "bare"])
def test_server_decodes_what_the_page_asks_for(runs, app, desk, model):
    app = open_plane(app, model)
    points = np.random.default_rng(0).normal(size=(3, len(desk.axes))).astype(np.float32)
    app = desk.send(app, "request", {"number": 77, "model": 0, "points": points.tolist()})
    assert_healthy(app, "Explore")
    assert (desk.header["response"]["number"], desk.header["response"]["error"]) == (77, None)
    expected = decoder(runs / model).decode(points).numpy().clip(0, 1) * 255
    np.testing.assert_allclose(desk.pixels, expected.ravel(), atol=0.51)


@pytest.mark.parametrize("question", [None, {}, {"number": 1, "model": 0, "points": [[1]]}, {"number": 1, "model": 0}])
def test_request_that_is_none_gets_no_response(runs, app, desk, question):
    app = open_plane(app, "wide")
    app = desk.send(app, "request", question)
    assert_healthy(app, "Explore")
    assert desk.header["response"] is None


def test_model_number_that_is_none_means_the_first(runs, app, desk):
    app = open_plane(app, "wide")
    rest = desk.header["point"]
    app = desk.send(app, "request", {"number": 1, "model": 9, "points": [rest]})
    assert_healthy(app, "Explore")
    assert len(desk.pixels) == 64


# Two models


def beside(app, model, other):
    app.selectbox(key=f"with.{model}").set_value(other).run()
    assert_healthy(app, "Explore")
    return app


def test_second_model_stands_where_the_bridge_leads(runs, app, desk):
    from aeviz.analysis.alignment import find_translation

    app = beside(open_plane(app, "wide"), "wide", "plain")
    first, second = desk.header["decoder_views"]
    assert (first["title"], second["title"]) == ("wide", "plain")
    assert first["bridge"] is None
    known = find_translation(*(decoder(runs / name).folder.latents().z for name in ("wide", "plain")))
    matrix = unpack(desk.blobs[second["bridge"]])["matrix"]
    np.testing.assert_allclose(matrix, known.matrix, atol=1e-5)
    assert f"least squares, {known.explained:.0%} of the variance" in second["bridge_words"]
    point = np.array([desk.header["point"]], dtype=np.float32)
    app = desk.send(app, "request", {"number": 1, "model": 1, "points": point.tolist()})
    expected = decoder(runs / "plain").decode(known.apply(point)).numpy().clip(0, 1) * 255
    np.testing.assert_allclose(desk.pixels, expected.ravel(), atol=0.6)


def test_second_model_without_encoded_images_looks_at_the_first_one(runs, app, desk):
    app = beside(open_plane(app, "wide"), "wide", "bare")
    second = desk.header["decoder_views"][1]
    assert second["bridge"] is None
    assert "the code of the image that wide decodes" in second["bridge_words"]
    point = np.array([desk.header["point"]], dtype=np.float32)
    app = desk.send(app, "request", {"number": 1, "model": 1, "points": point.tolist()})
    image = decoder(runs / "wide").decode(point)
    expected = decoder(runs / "bare").reconstruct(image).numpy().clip(0, 1) * 255
    np.testing.assert_allclose(desk.pixels, expected.ravel(), atol=0.6)


def test_copy_of_a_model_stands_beside_it(runs, app, desk):
    from aeviz.export.onnx import export_onnx

    export_onnx(decoder(runs / "wide"), runs / "wide")
    shutil.copytree(runs / "wide", runs / "wide-again")
    app = beside(open_plane(app, "wide"), "wide", "wide-again")
    first, second = desk.header["decoder_views"]
    assert first["network"] == second["network"]
    assert second["bridge_words"] == "At the corresponding point (Procrustes). "


# The network for the page


def test_network_for_the_page_is_in_the_blob_store(runs, app, desk):
    from aeviz.export.files import model_digest
    from aeviz.export.onnx import export_onnx

    run = decoder(runs / "plain")
    export_onnx(run, runs / "plain")
    app = open_plane(app, "plain")
    spec = desk.header["decoder_views"][0]["network"]
    assert desk.blobs[spec["name"]] == (runs / "plain" / "decoder.onnx").read_bytes()
    assert len(desk.blobs[spec["name"]]) < spec["limit"]
    assert (spec["digest"], spec["latent_dim"], spec["image_shape"]) == (model_digest(run), 5, [1, 8, 8])


def test_run_without_a_network_for_the_page_says_so(runs, app, desk):
    (runs / "plain" / "decoder.onnx").unlink(missing_ok=True)
    open_plane(app, "plain")
    (view,) = desk.header["decoder_views"]
    assert view["network"] is None
    assert "decoder.onnx is missing" in view["why"]


@pytest.mark.parametrize("content", [b"", b"not a network", bytes(5000)])
def test_damaged_network_leaves_a_working_page(runs, app, desk, content):
    (runs / "plain" / "decoder.onnx").write_bytes(content)
    app = open_plane(app, "plain")
    assert_healthy(app, "Explore")
    app = desk.send(app, "request", {"number": 1, "model": 0, "points": [desk.header["point"]]})
    assert len(desk.pixels) == 64
