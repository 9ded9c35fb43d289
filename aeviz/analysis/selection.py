"""Points within an outline that was drawn on a map, in the plane or through a camera in space.

The map in the page marks them at once and sends the outline alone; this module finds the same points
(components/map/lasso.js and components/kit/camera.js hold the same arithmetic).

References:
    J. Hormann, A. Agathos, The point in polygon problem for arbitrary polygons, Computational Geometry 20, 2001: the
    even-odd rule.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

MOST_VERTICES = 1000
"""Vertices of an outline that are accepted; the map itself draws no more than about 200."""
FARTHEST = 1e30
"""Coordinates that are accepted are below that, so that float32 holds them."""
EYE = 4.0
"""Distance from the eye to the middle of a view in space, in units of its half side."""
NEAREST = 0.2
"""Distance to the eye, in the same units, below which points are not magnified any further."""
SPACE_SCALE = 0.8
"""Scale of a view in space, against that of a plane with the same half side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewpoint:
    """A camera that looks at a point in space."""

    centre: tuple[float, float, float]
    """The point at the middle of the view, in units of the latent space."""
    half: float
    """Half the side of what it sees, in the same units; above 0."""
    yaw: float
    """Its direction around the third axis, in radians."""
    pitch: float
    """Its height above the plane of the first two axes, in radians."""

    def lay(self, points: np.ndarray) -> np.ndarray:
        """Return where points, (N, 3), are seen: (N, 2), float64.

        The first number goes from the middle of the view to the right, the second one upwards, both in halves of the
        shorter side of the screen.
        """
        x, y, z = (points.astype(np.float64) - np.array(self.centre)).T
        cy, sy, cp, sp = math.cos(self.yaw), math.sin(self.yaw), math.cos(self.pitch), math.sin(self.pitch)
        depth = (x * (cp * cy) + y * (cp * sy) + z * sp) / self.half
        near = (SPACE_SCALE * EYE) / (self.half * np.maximum(NEAREST, EYE - depth))
        right = x * -sy + y * cy
        up = x * (-sp * cy) + y * (-sp * sy) + z * cp
        return np.stack([right * near, up * near], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """An outline on a map."""

    panel: int
    """The panel on which it was drawn, from 0."""
    polygon: tuple[tuple[float, float], ...]
    """Its vertices: in units of a panel's plane, or where a viewpoint in space lays them (`Viewpoint.lay`)."""
    camera: Viewpoint | None = None
    """The viewpoint in space through which it was drawn; None in a plane."""

    def to_dict(self) -> dict[str, object]:
        """Return the selection as the map in the page sends it."""
        camera = self.camera
        seen = None
        if camera is not None:
            seen = {"centre": list(camera.centre), "half": camera.half, "yaw": camera.yaw, "pitch": camera.pitch}
        return {"panel": self.panel, "polygon": [list(vertex) for vertex in self.polygon], "camera": seen}


def read_selection(value: object) -> Selection | None:
    """Return the selection that the map in the page sent; None for whatever is no outline of at least 3 vertices."""
    if not isinstance(value, Mapping):
        return None
    panel, vertices, seen = value.get("panel"), value.get("polygon"), value.get("camera")
    if type(panel) is not int or not 0 <= panel < 2 or not isinstance(vertices, Sequence):
        return None
    polygon = [_numbers(vertex, 2) for vertex in vertices[: MOST_VERTICES + 1]]
    if not 3 <= len(polygon) <= MOST_VERTICES or not all(polygon):
        return None
    camera = None
    if seen is not None:
        camera = _read_viewpoint(seen)
        if camera is None:
            return None
    return Selection(panel=panel, polygon=tuple((x, y) for x, y in polygon), camera=camera)


def is_coordinate(value: object) -> bool:
    """Return whether a value that a browser sent is a number which can be a coordinate; bool is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < FARTHEST  # no NaN is below


def _read_viewpoint(value: object) -> Viewpoint | None:
    if not isinstance(value, Mapping):
        return None
    centre = _numbers(value.get("centre"), 3)
    rest = _numbers([value.get(name) for name in ("half", "yaw", "pitch")], 3)
    if not centre or not rest or rest[0] <= 0:
        return None
    return Viewpoint(centre=(centre[0], centre[1], centre[2]), half=rest[0], yaw=rest[1], pitch=rest[2])


def _numbers(value: object, count: int) -> list[float]:
    """Return so many numbers below `FARTHEST`; an empty list if the value is something else."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != count:
        return []
    if not all(is_coordinate(number) for number in value):
        return []
    return [float(number) for number in value]


def is_within(points: np.ndarray, polygon: Sequence[Sequence[float]]) -> np.ndarray:
    """Return which points, (N, 2), lie inside a polygon by the even-odd rule: (N,), bool.

    Args:
        points: (N, 2), floating point; one that is not finite lies outside.
        polygon: At least 3 vertices; the last one is joined to the first.
    """
    corners = np.array(polygon, dtype=np.float64)
    x, y = points.astype(np.float64).T
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    with np.errstate(invalid="ignore"):
        near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
    order = near[np.argsort(y[near], kind="stable")]
    x, y = x[order], y[order]
    inside = np.zeros(len(order), dtype=bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        # an edge is crossed by rays from points at its heights, its upper end left out
        start, stop = np.searchsorted(y, [min(ay, by), max(ay, by)])
        if start == stop:
            continue
        inside[start:stop] ^= x[start:stop] < (bx - ax) * (y[start:stop] - ay) / (by - ay) + ax
    result = np.zeros(len(points), dtype=bool)
    result[order[inside]] = True
    return result


def points_in_selection(points: np.ndarray, selection: Selection) -> np.ndarray:
    """Return which points a selection holds: (N,), bool; the same ones that the map in the page marks.

    Points of hidden classes are not left out; the caller does that.

    Args:
        points: Those of the selection's panel, (N, 2) or (N, 3), floating point; seen at float32, as the page has them.
        selection: The outline that the visitor drew.

    Raises:
        ValueError: If the selection was drawn on a map of another number of dimensions.
    """
    dimensions = 2 if selection.camera is None else 3
    if points.shape[1] != dimensions:
        raise ValueError(
            f"the points have {points.shape[1]} dimensions, but the selection was drawn in {dimensions}: drop it"
        )
    points = points.astype(np.float32)
    laid = points if selection.camera is None else selection.camera.lay(points)
    return is_within(laid, selection.polygon)
