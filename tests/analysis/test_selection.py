import dataclasses
import json
import math

import numpy as np
import pytest
from skimage.measure import points_in_poly

from aeviz.analysis.selection import (
    EYE,
    MOST_VERTICES,
    SPACE_SCALE,
    Selection,
    Viewpoint,
    is_within,
    points_in_selection,
    read_selection,
)

CAMERA = Viewpoint(centre=(1.0, -2.0, 0.5), half=3.0, yaw=0.7, pitch=-0.4)
SQUARE = ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))


def scribble(rng, vertices):
    """Return a polygon that crosses itself, (vertices, 2)."""
    return rng.normal(size=(vertices, 2))


@pytest.mark.parametrize("vertices", [3, 4, 17, 200])
@pytest.mark.parametrize("seed", range(5))
def test_polygon_holds_what_another_implementation_says(vertices, seed):
    rng = np.random.default_rng(seed)
    polygon, points = scribble(rng, vertices), rng.normal(size=(3000, 2))
    found = is_within(points, polygon.tolist())
    np.testing.assert_array_equal(found, points_in_poly(points, polygon))
    assert 0 < found.sum() < len(points)


def test_what_is_no_number_lies_outside():
    points = np.array([[np.nan, 0], [0, np.nan], [np.inf, 0], [0, 0]])
    assert is_within(points, SQUARE).tolist() == [False, False, False, True]


def test_polygon_of_no_area_holds_nothing():
    assert not is_within(np.zeros((3, 2)), [(0.0, 0.0)] * 3).any()
    assert not is_within(np.array([[0.5, 0.0]]), [(0.0, 0.0), (1.0, 0.0), (0.2, 0.0)]).any()


def test_viewpoint_is_a_perspective_through_a_turned_frame():
    """Against a rotation made of two plane ones, then a division by the distance to the eye."""
    points = np.random.default_rng(3).normal(size=(50, 3))
    yaw, pitch = CAMERA.yaw, CAMERA.pitch
    around = np.array([[math.cos(yaw), math.sin(yaw), 0], [-math.sin(yaw), math.cos(yaw), 0], [0, 0, 1]])
    down = np.array([[math.cos(pitch), 0, math.sin(pitch)], [0, 1, 0], [-math.sin(pitch), 0, math.cos(pitch)]])
    towards, right, up = down @ around @ ((points - CAMERA.centre) / CAMERA.half).T
    expected = SPACE_SCALE * np.stack([right, up], axis=1) / (1 - towards / EYE)[:, None]
    np.testing.assert_allclose(CAMERA.lay(points), expected, rtol=1e-9)


def test_point_behind_the_eye_is_not_turned_over():
    camera = Viewpoint(centre=(0.0, 0.0, 0.0), half=1.0, yaw=0.0, pitch=0.0)
    laid = camera.lay(np.array([[100.0, 1.0, 1.0]]))
    assert (laid > 0).all()
    assert np.isfinite(laid).all()


def test_selection_in_space_holds_the_points_seen_within_it():
    points = np.random.default_rng(1).normal(size=(2000, 3)).astype(np.float32)
    selection = Selection(panel=0, polygon=SQUARE, camera=CAMERA)
    laid = CAMERA.lay(points)
    np.testing.assert_array_equal(points_in_selection(points, selection), (np.abs(laid) < 0.5).all(axis=1))


def test_points_are_judged_as_the_page_has_them():
    """A float64 point just beyond an edge lies within once it is rounded to float32, as the map draws it."""
    edge = float(np.nextafter(np.float32(0.5), np.float32(0)))
    points = np.array([[edge + 1e-12, 0.0]])
    corner = edge + 5e-13
    selection = Selection(panel=0, polygon=((-1.0, -1.0), (corner, -1.0), (corner, 1.0), (-1.0, 1.0)))
    assert points_in_selection(points, selection).tolist() == [True]


def test_selection_of_another_dimension_is_refused():
    with pytest.raises(ValueError, match="the points have 3 dimensions, but the selection was drawn in 2: drop it"):
        points_in_selection(np.zeros((1, 3)), Selection(panel=0, polygon=SQUARE))


@pytest.mark.parametrize("camera", [None, CAMERA])
def test_selection_comes_back_from_json_as_it_was(camera):
    selection = Selection(panel=1, polygon=SQUARE, camera=camera)
    assert read_selection(json.loads(json.dumps(selection.to_dict()))) == selection


GOOD = Selection(panel=0, polygon=SQUARE, camera=CAMERA).to_dict()


@pytest.mark.parametrize(
    "value",
    [
        None,
        "nonsense",
        {},
        {**GOOD, "panel": -1},
        {**GOOD, "panel": 2},
        {**GOOD, "panel": "0"},
        {**GOOD, "panel": True},
        {**GOOD, "polygon": []},
        {**GOOD, "polygon": [[0, 0], [1, 1]]},
        {**GOOD, "polygon": [[0, 0], [1, 1], [2]]},
        {**GOOD, "polygon": [[0, 0], [1, 1], [float("nan"), 0]]},
        {**GOOD, "polygon": [[0, 0], [1, 1], ["x", 0]]},
        {**GOOD, "polygon": [[0, 0], [1, 1], [True, 0]]},
        {**GOOD, "polygon": [[0, 0], [1, 1], [10**400, 0]]},
        {**GOOD, "polygon": [[0, 0]] * (MOST_VERTICES + 1)},
        {**GOOD, "polygon": 7},
        {**GOOD, "camera": {}},
        {**GOOD, "camera": 1},
        {**GOOD, "camera": {**dataclasses.asdict(CAMERA), "half": 0}},
        {**GOOD, "camera": {**dataclasses.asdict(CAMERA), "yaw": float("inf")}},
        {**GOOD, "camera": {**dataclasses.asdict(CAMERA), "yaw": 10**400}},
    ],
)
def test_whatever_is_no_outline_is_none(value):
    assert read_selection(value) is None
