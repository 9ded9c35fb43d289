"""What the explorer is sent, read back by Python and by the page."""

from dataclasses import replace

import numpy as np
import pytest
from page_scripts import run_script
from sklearn.neighbors import NearestNeighbors

from aeviz.analysis.alignment import find_translation
from aeviz.analysis.basis import latent_basis, principal_basis
from aeviz.analysis.latent import is_far, usual_distance
from aeviz.analysis.latent_gaussian import gaussian_by_directions
from aeviz.analysis.summary import principal_directions, summarise
from aeviz.figures.palette import class_colour
from aeviz.web.components.explorer.payload import (
    MOST_CODES,
    NO_LABEL,
    DecoderView,
    Response,
    Support,
    View,
    bridge_payload,
    space_payload,
    view_payload,
)
from aeviz.web.components.kit import wire
from aeviz.web.components.kit.network import Network


def unpack(payload):
    """Header, origin, axes as rows, codes (axis, point) and labels of a packed space."""
    header = wire.unpack(payload)
    codes = np.array(header["codes"], dtype=np.uint16).reshape(len(header["spans"]), header["count"])
    return header, header["origin"], header["directions"], codes, header["labels"]


@pytest.fixture(params=[1, 2, 5])
def basis(request):
    d = request.param
    z = np.random.default_rng(0).normal(size=(200, d)) @ np.random.default_rng(1).normal(size=(d, d)) + 2
    summary = summarise(z)
    if d == 2:
        return latent_basis(summary, np.zeros(d)), z
    return principal_basis(summary, principal_directions(summary)[0], np.zeros(d)), z


def test_space_comes_back(basis):
    basis, z = basis
    coordinates = np.stack([basis.coordinates(point) for point in z])
    labels = np.arange(len(z)) % 3
    header, origin, axes, codes, found = unpack(space_payload(basis, coordinates, labels, ("a", "b", "ç")))
    assert [axis["name"] for axis in header["axes"]] == list(basis.names)
    assert [axis["note"] for axis in header["axes"]] == list(basis.notes)
    np.testing.assert_allclose([axis["rest"] for axis in header["axes"]], basis.rest)
    np.testing.assert_allclose([[axis["low"], axis["high"]] for axis in header["axes"]], basis.ranges)
    assert header["classes"] == [{"name": name, "colour": class_colour(k)} for k, name in enumerate(("a", "b", "ç"))]
    np.testing.assert_allclose(origin, basis.origin, rtol=1e-6)
    np.testing.assert_allclose(axes, basis.axes.T, atol=1e-6)
    low, high = np.array(header["spans"]).T
    np.testing.assert_allclose(low + codes.T / 65535 * (high - low), coordinates, atol=(high - low).max() / 65535)
    assert found.tolist() == labels.tolist()


def test_space_without_points_or_labels(basis):
    basis, z = basis
    header, *_, codes, labels = unpack(space_payload(basis, None, None, ()))
    assert (header["count"], header["spans"], codes.size, labels.size) == (0, [], 0, 0)
    _, *_, labels = unpack(space_payload(basis, z, None, ()))
    assert set(labels.tolist()) == {NO_LABEL}


def test_points_that_do_not_vary_are_packed(basis):
    basis, z = basis
    header, *_, codes, _ = unpack(space_payload(basis, np.ones_like(z), None, ()))
    assert not codes.any()
    assert np.array(header["spans"]).tolist() == [[1, 1]] * z.shape[1]


def test_many_points_of_many_dimensions_keep_their_first_axes():
    z = np.random.default_rng(0).normal(size=(100, 6))
    summary = summarise(z)
    basis = latent_basis(summary, np.zeros(6))
    count = MOST_CODES // 3
    header, *_, codes, _ = unpack(space_payload(basis, np.tile(z, (-(-count // 100), 1))[:count], None, ()))
    assert len(header["spans"]) == len(codes) == 3
    header, *_ = unpack(space_payload(basis, np.tile(z, (MOST_CODES // 100 + 1, 1)), None, ()))
    assert len(header["spans"]) == 2  # the pad shows two


READ = """
async function main({ bytes, points, changes }) {
  const { Space } = await import("./explorer/space.js");
  const space = new Space(Uint8Array.from(bytes));
  const all = points.map((point) => space.axes.map((_, axis) => space.coordinate(point, axis)));
  return {
    coordinates: all,
    deviations: points.map((point) => space.axes.map((_, axis) => space.deviations(point, axis))),
    moved: points.map((point) => Array.from(space.moved(point, changes))),
    encoded: space.spans.map((_, axis) => Array.from({ length: space.count }, (_, k) => space.encoded(axis, k))),
    colours: Array.from({ length: space.count }, (_, k) => space.colour(k)),
  };
}
"""


def test_page_reads_the_space_as_python_does(basis, tmp_path):
    basis, z = basis
    coordinates = np.stack([basis.coordinates(point) for point in z])
    labels = np.arange(len(z)) % 12
    payload = space_payload(basis, coordinates, labels, [str(k) for k in range(10)])
    changes = [[axis, 1.5 - axis] for axis in range(min(2, z.shape[1]))]
    told = {"bytes": list(payload), "points": z[:8].tolist(), "changes": changes}
    found = run_script(tmp_path, READ, told)
    np.testing.assert_allclose(found["coordinates"], coordinates[:8], atol=1e-4)
    np.testing.assert_allclose(found["deviations"], (coordinates[:8] - basis.rest) / basis.deviations, atol=1e-3)
    expected = coordinates[:8].copy()
    for axis, value in changes:
        expected[:, axis] = value
    np.testing.assert_allclose([basis.coordinates(np.array(p)) for p in found["moved"]], expected, atol=1e-4)
    np.testing.assert_allclose(np.array(found["encoded"]).T, coordinates, atol=1e-3)
    assert found["colours"] == [class_colour(k) if k < 10 else None for k in labels.tolist()]


FAR = """
async function main({ bytes, points }) {
  const { Space } = await import("./explorer/space.js");
  const { support } = new Space(Uint8Array.from(bytes));
  return support.far(Float32Array.from(points.flat()), points.length);
}
"""


NEAREST = """
async function main({ bytes, points }) {
  const { Space } = await import("./explorer/space.js");
  const { support } = new Space(Uint8Array.from(bytes));
  return points.map((point) => support.nearest(Float64Array.from(point), 8));
}
"""


@pytest.mark.parametrize("all_used", [True, False])
def test_page_finds_the_nearest_encoded_images_as_scikit_learn_does(basis, tmp_path, all_used):
    basis, z = basis
    used = np.arange(z.shape[1]) % 2 == 0 if not all_used else np.ones(z.shape[1], bool)
    points = np.random.default_rng(3).normal(size=(12, z.shape[1]))
    coordinates = np.stack([basis.coordinates(point) for point in z])
    payload = space_payload(basis, coordinates, None, (), Support(limit=1.0, used=used))
    found = run_script(tmp_path, NEAREST, {"bytes": list(payload), "points": points.tolist()})
    distances = NearestNeighbors(n_neighbors=8).fit(z[:, used]).kneighbors(points[:, used])[0]
    reached = np.linalg.norm(z[:, used][np.array(found)] - points[:, None][..., used], axis=2)
    np.testing.assert_allclose(reached, distances, atol=1e-3)


@pytest.mark.parametrize("all_used", [True, False])
def test_page_marks_what_is_far_from_encoded_images_as_python_does(basis, tmp_path, all_used):
    basis, z = basis
    used = np.arange(z.shape[1]) % 2 == 0 if not all_used else np.ones(z.shape[1], bool)
    limit = usual_distance(z[:, used])
    points = np.concatenate([z[:20], z[20:40] * 2, np.random.default_rng(3).normal(size=(40, z.shape[1])) * 4])
    coordinates = np.stack([basis.coordinates(point) for point in z])
    payload = space_payload(basis, coordinates, None, (), Support(limit=limit, used=used))
    found = run_script(tmp_path, FAR, {"bytes": list(payload), "points": points.tolist()})
    assert found == is_far(points[:, used], z[:, used], limit).tolist()
    assert 0 < sum(found) < len(points)


def test_page_marks_what_is_far_from_a_gaussian_as_python_does(basis, tmp_path):
    basis, z = basis
    gaussian = gaussian_by_directions(z.mean(axis=0), np.cov(z.T).reshape(z.shape[1], -1))
    limit = gaussian.usual_distance()
    points = np.concatenate([z[:40], z.mean(axis=0) + (z[:40] - z.mean(axis=0)) * 6])
    support = Support(limit=limit, used=np.ones(z.shape[1], bool), gaussian=gaussian)
    found = run_script(
        tmp_path, FAR, {"bytes": list(space_payload(basis, None, None, (), support)), "points": points.tolist()}
    )
    assert found == (gaussian.distances(points) > limit).tolist()
    assert 0 < sum(found) < len(points)


@pytest.fixture
def view():
    network = Network(name="decoder-1", part="decoder", latent_dim=2, image_shape=(1, 8, 8), digest="d", limit=1000)
    decoder_view = DecoderView(title="flat", alt="The image", shape=(1, 8, 8), smooth=False, network=network)
    return View(
        view="v",
        space="space-1",
        point=(0.1, -2.0),
        revision=3,
        pair=(0, 1),
        along=1,
        backdrop="both",
        side=10,
        parts=("pad", "sliders"),
        decoder_views=(decoder_view, replace(decoder_view, title="ünlike", network=None, why="not there")),
        waypoints=((1.0, 2.0),),
    )


def test_view_comes_back(view):
    header = wire.unpack(view_payload(view))
    assert header["images"] is None
    assert header["point"] == [0.1, -2.0]
    assert header["waypoints"] == [[1.0, 2.0]]
    assert header["decoder_views"][0]["network"]["image_shape"] == [1, 8, 8]
    assert (header["decoder_views"][1]["title"], header["decoder_views"][1]["network"]) == ("ünlike", None)
    assert header["response"] is None


def test_images_of_a_response_are_rounded_and_clipped(view):
    images = np.array([-0.5, 0, 0.4 / 255, 0.6 / 255, 0.5, 1, 1.7, 254.5 / 255], dtype=np.float32).reshape(1, 1, 2, 4)
    response = Response(number=7, error="no")
    header = wire.unpack(view_payload(replace(view, response=response), images))
    assert header["images"].ravel().tolist() == [0, 0, 0, 1, 128, 255, 255, 254]
    assert header["response"] == {"number": 7, "error": "no"}


def test_bridge_is_packed_as_the_page_reads_it():
    random = np.random.default_rng(0)
    source, target = random.normal(size=(40, 2)), random.normal(size=(40, 5))
    found = find_translation(source, target)
    packed = wire.unpack(bridge_payload(found))
    matrix, shift = packed["matrix"], packed["shift"]
    assert matrix.shape == (5, 2)
    np.testing.assert_allclose(source @ matrix.T + shift, found.apply(source), atol=1e-5)
