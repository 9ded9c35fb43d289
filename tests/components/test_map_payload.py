import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.analysis.alignment import align
from aeviz.analysis.posterior import ellipses
from aeviz.analysis.selection import Selection
from aeviz.figures.palette import CLASS_COLOURS
from aeviz.web.components.kit import wire
from aeviz.web.components.map.payload import (
    NO_LABEL,
    VIEWPOINTS,
    Posteriors,
    Prior,
    lay_over,
    make_panel,
    map_payload,
    move_points,
    share_view,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def panel(rng, n=25, dimensions=2, title="ADAM"):
    points = rng.normal(size=(n, dimensions)).astype(np.float32)
    names = tuple(f"z{i + 1}" for i in range(dimensions))
    return make_panel(title, points, rng.random(n).astype(np.float32), names)


def unpack(payload):
    """Read a payload as the component does: its header, the arrays of each panel, and the labels."""
    header = wire.unpack(payload)
    panels = []
    for spec in header["panels"]:
        entry = {"points": spec["coordinates"], "error": spec["errors"], "means": spec["coordinates"]}
        posteriors = spec["posteriors"]
        if posteriors:
            step = posteriors["step"]
            entry["shapes"] = posteriors["shapes"] * np.array([step, step, np.pi / 65535])
            if posteriors["means"] is not None:
                entry["means"] = posteriors["means"]
        panels.append(entry)
    return header, panels, header["labels"]


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


def test_payload_holds_what_is_selected_and_whose_point_is_shared(rng):
    header, _, _ = unpack(map_payload([panel(rng)], None, ()))
    assert (header["selection"], header["model"], header["blend"], header["height"]) == (None, "", 0, 520)
    assert header["field"] is None
    assert header["panels"][0]["carry"] is None
    selection = Selection(panel=0, polygon=((0.0, 0.0), (1.0, 0.0), (0.5, 2.0)))
    carried = replace(panel(rng), carry=(np.array([[0.0, 2.0], [1.0, 0.0]]), np.array([3.0, 4.0])))
    payload = map_payload(
        [carried], None, (), selection=selection, model="vae", blend=0.5, field="distance", height_px=None
    )
    header, _, _ = unpack(payload)
    assert header["selection"] == {"panel": 0, "polygon": [[0, 0], [1, 0], [0.5, 2]], "camera": None}
    assert (header["model"], header["blend"], header["field"], header["height"]) == ("vae", 0.5, "distance", 0)
    assert header["panels"][0]["carry"] == {"matrix": [[0, 2], [1, 0]], "shift": [3, 4]}


def test_payload_of_many_points_stays_small(rng):
    payload = map_payload([panel(rng, n=10_000)], np.arange(10_000) % 10, tuple("0123456789"))
    assert len(payload) < 10_000 * (8 + 4 + 2) + 4000


# Posteriors and priors


def shapes_of(rng, n=25):
    """Return ellipses of different sizes and angles, (n, 3)."""
    roots = rng.normal(size=(n, 2, 2))
    return ellipses(roots @ roots.transpose(0, 2, 1) * 10.0 ** rng.uniform(-4, 0, (n, 1, 1)))


def variational(rng, **fields):
    return dataclasses.replace(panel(rng), posteriors=Posteriors(shapes=shapes_of(rng)), **fields)


def test_payload_holds_ellipses_of_the_panels_that_have_some(rng):
    plain, with_posteriors = panel(rng), variational(rng)
    header, (_, read), _ = unpack(map_payload([plain, with_posteriors], None, (), ellipses="all", prior=True))
    assert (header["ellipses"], header["prior"]) == ("all", True)
    assert header["panels"][0]["posteriors"] is None
    expected = with_posteriors.posteriors.shapes
    longest = expected[:, 0].max()
    np.testing.assert_allclose(read["shapes"][:, :2], expected[:, :2], atol=longest / 60_000)
    np.testing.assert_allclose(read["shapes"][:, 2], expected[:, 2], atol=1e-4)
    np.testing.assert_array_equal(read["means"], with_posteriors.points)


def test_payload_holds_means_that_lie_apart_from_the_points(rng):
    before = variational(rng)
    moved = move_points(before, before.points + np.float32(0.01))
    _, (read,), _ = unpack(map_payload([moved], None, ()))
    np.testing.assert_array_equal(read["means"], before.points)
    np.testing.assert_array_equal(read["points"], moved.points)


def test_ellipses_take_six_bytes_an_image(rng):
    plain = panel(rng, n=10_000)
    with_posteriors = dataclasses.replace(plain, posteriors=Posteriors(shapes=shapes_of(rng, 10_000)))
    more = len(map_payload([with_posteriors], None, ())) - len(map_payload([plain], None, ()))
    assert 60_000 <= more < 60_200


def test_payload_names_the_priors(rng):
    priors = (Prior(centre=(0.0, 1.0)), Prior(centre=(4.0, 0.0), radius=2.0, label=3))
    header, _, _ = unpack(map_payload([dataclasses.replace(panel(rng), priors=priors)], None, ()))
    assert header["panels"][0]["priors"] == [
        {"centre": [0, 1], "radius": 1, "label": -1},
        {"centre": [4, 0], "radius": 2, "label": 3},
    ]


def test_moved_points_keep_a_view_that_still_holds_them(rng):
    before = variational(rng)
    near = move_points(before, before.points * np.float32(1.01))
    assert (near.low, near.high, near.half) == (before.low, before.high, before.half)
    far = move_points(before, before.points * np.float32(10))
    assert far.half > 5 * before.half
    assert near.posteriors.means is before.points
    assert move_points(near, before.points).posteriors.means is before.points


def test_laid_over_panel_moves_with_its_posteriors_and_priors(rng):
    cloud = variational(rng, priors=(Prior(centre=(1.0, 2.0), radius=1.5),))
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    alignment = align(cloud.points, 2 * cloud.points @ turn + 5)
    moved = lay_over(cloud, alignment, ("a", "b"))
    np.testing.assert_allclose(moved.points, 2 * cloud.points @ turn + 5, rtol=1e-4)
    np.testing.assert_allclose(moved.posteriors.shapes[:, :2], 2 * cloud.posteriors.shapes[:, :2], rtol=1e-4)
    quarter = np.mod(cloud.posteriors.shapes[:, 2] + np.pi / 2, np.pi)
    np.testing.assert_allclose(moved.posteriors.shapes[:, 2], quarter, atol=1e-4)
    np.testing.assert_allclose(moved.priors[0].centre, 2 * np.array([1, 2]) @ turn + 5, rtol=1e-4)
    assert moved.priors[0].radius == pytest.approx(3, rel=1e-4)
    assert moved.axis_names == ("a", "b")
    assert moved.posteriors.means is None


# As the page reads it


KEEP = """
async function main([first, second]) {
  const { unpack } = await import("./kit/wire.js");
  const { EMPTY, keepArrays } = await import("./map/map_data.js");
  const [before, after] = [first, second].map((bytes) => unpack(Uint8Array.from(bytes)));
  keepArrays(EMPTY, before);
  const own = after.panels.map(({ coordinates }) => coordinates);
  keepArrays(before, after);
  return {
    labels: before.labels === after.labels,
    panels: after.panels.map((spec, k) => ({
      coordinates: spec.coordinates === before.panels[k].coordinates,
      errors: spec.errors === before.panels[k].errors,
      own: spec.coordinates === own[k],
    })),
  };
}
"""


def test_page_keeps_the_arrays_that_did_not_change(rng, tmp_path):
    cloud = panel(rng)
    moved = dataclasses.replace(cloud, points=cloud.points + 1)
    first = map_payload([cloud], np.zeros(25, dtype=int), ("a",))
    for second, kept in (
        (map_payload([cloud], np.zeros(25, dtype=int), ("a",), selected=3), True),
        (map_payload([moved], np.zeros(25, dtype=int), ("a",)), False),
    ):
        found = run_script(tmp_path, KEEP, [list(first), list(second)])
        assert found["labels"]
        assert found["panels"] == [{"coordinates": kept, "errors": True, "own": not kept}]
