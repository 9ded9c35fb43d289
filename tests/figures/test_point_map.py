import dataclasses
import json
import struct

import numpy as np
import pytest

from aeviz.figures.palette import CLASS_COLOURS
from aeviz.figures.point_map import NO_LABEL, VIEWPOINTS, make_panel, map_payload, share_view


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def panel(rng, n=25, dimensions=2, title="ADAM"):
    points = rng.normal(size=(n, dimensions)).astype(np.float32)
    names = tuple(f"z{i + 1}" for i in range(dimensions))
    return make_panel(title, points, rng.random(n).astype(np.float32), names)


def unpack(payload):
    """Read a payload as the component does: header, then points and errors as aligned float32, then labels."""
    (length,) = struct.unpack_from("<I", payload)
    header = json.loads(payload[4 : 4 + length])
    position = 4 + length + (-(4 + length)) % 4
    panels = []
    for spec in header["panels"]:
        count = header["n"] * spec["dims"]
        assert position % 4 == 0  # a Float32Array refuses any other offset
        panels.append({"points": np.frombuffer(payload, "<f4", count, position).reshape(header["n"], spec["dims"])})
        position += 4 * count
    for entry in panels:
        entry["error"] = np.frombuffer(payload, "<f4", header["n"], position)
        position += 4 * header["n"]
    labels = np.frombuffer(payload, "<u2", header["n"], position)
    assert position + 2 * header["n"] == len(payload)
    return header, panels, labels


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("panels", [1, 2])
def test_payload_holds_what_was_packed(panels, dimensions, rng):
    clouds = [panel(rng, dimensions=dimensions, title=f"panel {i}") for i in range(panels)]
    labels = rng.integers(0, 3, 25)
    header, read, codes = unpack(map_payload(clouds, labels, ("a", "b", "c"), hidden=[2, 0], selected=7))
    assert (header["n"], len(header["panels"])) == (25, panels)
    for cloud, entry, spec in zip(clouds, read, header["panels"], strict=True):
        np.testing.assert_array_equal(entry["points"], cloud.points)
        np.testing.assert_array_equal(entry["error"], cloud.error)
        assert (spec["title"], spec["dims"]) == (cloud.title, dimensions)
        assert spec["axes"] == list(cloud.axis_names)
        assert spec["centre"] == list(cloud.centre)
        assert (spec["low"], spec["high"]) == (list(cloud.low), list(cloud.high))
        assert spec["half"] == cloud.half
    np.testing.assert_array_equal(codes, labels)
    assert header["classes"] == [{"name": n, "colour": CLASS_COLOURS[i]} for i, n in enumerate("abc")]
    assert (header["hidden"], header["selected"]) == ([0, 2], 7)


@pytest.mark.parametrize("extra", range(5))
def test_arrays_start_at_a_multiple_of_four_bytes(extra, rng):
    payload = map_payload([panel(rng, title="x" * extra + "é\N{HIRAGANA LETTER A}")], None, ())
    unpack(payload)  # asserts the offsets
    (length,) = struct.unpack_from("<I", payload)
    start = 4 + length + (-(4 + length)) % 4
    assert payload[4 + length : start] == bytes(start - 4 - length)


def test_points_of_any_layout_and_precision_are_packed_as_float32(rng):
    base = panel(rng)
    other = make_panel(
        "x", np.asfortranarray(base.points.astype(np.float64)), base.error.astype(np.float64), ("a", "b")
    )
    _, (read,), _ = unpack(map_payload([other], None, ()))
    np.testing.assert_array_equal(read["points"], base.points)
    np.testing.assert_array_equal(read["error"], base.error)


def test_points_without_labels_have_no_class(rng):
    header, _, codes = unpack(map_payload([panel(rng)], None, ("a", "b")))
    assert (codes == NO_LABEL).all()
    assert header["classes"] == []
    assert header["selected"] == -1


def test_names_stand_at_the_medians_of_their_classes(rng):
    cloud = panel(rng)
    labels = np.arange(25) % 2
    header, _, _ = unpack(map_payload([cloud], labels, ("a", "b", "absent")))
    (spec,) = header["panels"]
    for label in (0, 1):
        np.testing.assert_allclose(spec["names"][label], np.median(cloud.points[labels == label], axis=0))
    assert spec["names"][2] is None


def test_digest_changes_with_the_arrays_alone(rng):
    cloud = panel(rng)

    def digest(*args, **options):
        return unpack(map_payload(*args, **options))[0]["digest"]

    assert digest([cloud], None, ()) == digest([cloud], None, (), selected=3, hidden=[1])
    moved = dataclasses.replace(cloud, error=cloud.error[::-1])
    assert digest([cloud], None, ()) != digest([moved], None, ())
    assert digest([cloud], None, ()) != digest([cloud], np.zeros(25, dtype=int), ("a",))


def test_view_changes_only_with_what_is_drawn(rng):
    cloud = panel(rng)

    def view(*args, **options):
        return unpack(map_payload(*args, **options))[0]["panels"][0]["view"]

    assert view([cloud], None, ()) == view([cloud], None, (), selected=3, hidden=[1])
    assert view([cloud], None, ()) != view([panel(rng)], None, ())


@pytest.mark.parametrize("dimensions", [2, 3])
def test_first_view_holds_all_points_but_the_tails(dimensions, rng):
    points = rng.normal(size=(2000, dimensions)) * np.array([5, 1, 1])[:dimensions] + 3
    points[0] = 1000
    cloud = make_panel("x", points, np.zeros(2000), ("a",) * dimensions)
    shown = cloud.half / (0.8 if dimensions == 3 else 1)  # camera.js steps back in space
    inside = (np.abs(points - cloud.centre) <= shown).all(axis=1)
    assert inside.mean() > 0.99
    assert cloud.half < 25
    low, high = np.quantile(points, [0.0025, 0.9975], axis=0)
    np.testing.assert_allclose(cloud.centre, (low + high) / 2)
    assert shown >= (high - low).max() / 2 * 1.05


def test_first_view_in_space_leaves_room_to_turn(rng):
    cloud = make_panel("x", rng.uniform(-1, 1, (5000, 3)), np.zeros(5000), ("a", "b", "c"))
    assert 1.06 < cloud.half < 3**0.5


def test_first_view_of_equal_points_has_a_size():
    assert make_panel("x", np.ones((5, 2)), np.zeros(5), ("a", "b")).half > 0


def test_share_view_changes_the_view_alone(rng):
    first, second = panel(rng, title="a"), panel(rng, title="b")
    shared = share_view(first, second)
    assert (shared.low, shared.high) == (second.low, second.high)
    assert (shared.centre, shared.half) == (second.centre, second.half)
    assert shared.title == "a"
    assert shared.points is first.points


def test_two_viewpoints_differ_by_a_quarter_turn():
    (yaw, pitch), (other_yaw, other_pitch) = VIEWPOINTS
    assert (other_yaw - yaw, other_pitch - pitch) == (90, 0)


def test_payload_of_many_points_stays_small(rng):
    payload = map_payload([panel(rng, n=10_000)], np.arange(10_000) % 10, tuple("0123456789"))
    assert len(payload) < 10_000 * (8 + 4 + 2) + 4000
