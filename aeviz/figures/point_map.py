"""The latent map: what the in-page component needs to draw one or two clouds of points."""

import hashlib
import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from aeviz.figures.palette import class_colour

NO_LABEL = 65535
"""Label of a point without a class."""
TAIL = 0.0025
"""Share of the points beyond each edge of the first view, so that a few outliers do not shrink all others."""
VIEWPOINTS = ((35.0, 20.0), (125.0, 20.0))
"""Yaw and pitch, in degrees, of the two viewpoints on a 3-D latent space (S1, figures 2.7 and 2.8)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapPanel:
    """One cloud of points."""

    title: str
    points: np.ndarray
    """(N, K), floating point, K = 2 or 3."""
    error: np.ndarray
    """(N,), floating point: Euclidean reconstruction error of each image."""
    axis_names: tuple[str, ...]
    """K names."""
    low: tuple[float, ...]
    """Lower bound of the points along each axis, the tails left out."""
    high: tuple[float, ...]
    """Upper bound, likewise."""
    viewpoint: tuple[float, float] = VIEWPOINTS[0]
    """Yaw and pitch of the first view in degrees; for K = 3 only."""
    guests: tuple[tuple[str, tuple[float, ...]], ...] = ()
    """Points that are no image of the set, by name: where a visitor's own picture lands; K coordinates each."""

    @property
    def centre(self) -> tuple[float, ...]:
        """Middle of the first view, K coordinates."""
        return tuple((low + high) / 2 for low, high in zip(self.low, self.high, strict=True))

    @property
    def half(self) -> float:
        """Half the side of the first view, the same along every axis."""
        halves = [(high - low) / 2 for low, high in zip(self.low, self.high, strict=True)]
        # in space the box must fit from every side, so its diagonal counts
        half = 1.06 * max(halves) if len(halves) == 2 else 0.85 * math.hypot(*halves)
        return max(half, 1e-6)


def make_panel(title: str, points: np.ndarray, error: np.ndarray, axis_names: tuple[str, ...]) -> MapPanel:
    """Return a panel whose first view holds all points but the tails, with equal scales on all axes."""
    low, high = np.quantile(points.astype(np.float64), [TAIL, 1 - TAIL], axis=0)
    return MapPanel(
        title=title,
        points=points,
        error=error,
        axis_names=axis_names,
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
    )


def invite(panel: MapPanel, guests: Mapping[str, np.ndarray]) -> MapPanel:
    """Return the panel with guests, (K,) each, by name; the first view grows to hold those that are not far away.

    A guest more than a width of the cloud beyond its edge does not count, since everything else would shrink to a dot.
    """
    low, high = np.array(panel.low), np.array(panel.high)
    reach = np.max(high - low)
    near = [point for point in guests.values() if (point >= low - reach).all() and (point <= high + reach).all()]
    corners = np.array([low, high, *near])
    return replace(
        panel,
        low=tuple(corners.min(axis=0).tolist()),
        high=tuple(corners.max(axis=0).tolist()),
        guests=tuple((name, tuple(point.astype(float).tolist())) for name, point in guests.items()),
    )


def share_view(panel: MapPanel, other: MapPanel) -> MapPanel:
    """Return `panel` with the first view of `other`, for clouds that were laid over each other."""
    return replace(panel, low=other.low, high=other.high)


def map_payload(
    panels: Sequence[MapPanel],
    labels: np.ndarray | None,
    class_names: Sequence[str],
    *,
    hidden: Sequence[int] = (),
    selected: int | None = None,
    height_px: int = 520,
) -> bytes:
    """Pack panels for the component: a 32-bit length, a JSON header of that many bytes, then the arrays.

    Args:
        panels: One or two clouds of the same N images in the same order.
        labels: Classes, (N,), integer, or None.
        class_names: Names of the classes.
        hidden: Labels that are hidden at first.
        selected: Index of the marked image.
        height_px: Largest height of a panel in pixels.
    """
    arrays = [np.ascontiguousarray(panel.points, dtype="<f4").tobytes() for panel in panels]
    arrays += [np.ascontiguousarray(panel.error, dtype="<f4").tobytes() for panel in panels]
    n = len(panels[0].points)
    names = class_names if labels is not None else ()
    codes = np.full(n, NO_LABEL, dtype="<u2") if labels is None else labels.astype("<u2")
    arrays.append(codes.tobytes())
    specs = [
        {
            "title": panel.title,
            "dims": panel.points.shape[1],
            "axes": panel.axis_names,
            "centre": panel.centre,
            "half": panel.half,
            "low": panel.low,
            "high": panel.high,
            "guests": [{"name": name, "point": point} for name, point in panel.guests],
            "names": _class_centres(panel.points, codes, len(names)),
            "yaw": panel.viewpoint[0],
            "pitch": panel.viewpoint[1],
            "view": f"{panel.title} {panel.low} {panel.high} {panel.viewpoint}",
            "description": f"{panel.title}: {n} points. Arrow keys move the view, plus and minus zoom, 0 resets it, "
            "n and p select the next and the previous image.",
        }
        for panel in panels
    ]
    turn = "Drag to turn, shift-drag to move." if panels[0].points.shape[1] == 3 else "Drag to move."
    header = {
        "n": n,
        "panels": specs,
        "classes": [{"name": name, "colour": class_colour(label)} for label, name in enumerate(names)],
        "hidden": sorted(hidden),
        "selected": -1 if selected is None else selected,
        "height": height_px,
        "digest": hashlib.blake2b(b"".join(arrays), digest_size=8).hexdigest(),
        "hint": f"{turn} Pinch, or click the map and scroll, to zoom. Click a point to see its image.",
    }
    text = json.dumps(header).encode()
    padding = bytes(-(4 + len(text)) % 4)
    return b"".join([struct.pack("<I", len(text)), text, padding, *arrays])


def _class_centres(points: np.ndarray, codes: np.ndarray, classes: int) -> list[list[float] | None]:
    """Return where the name of each class stands: the median of its points; None for a class without points."""
    members = [points[codes == label] for label in range(classes)]
    return [np.median(group, axis=0).astype(float).tolist() if len(group) else None for group in members]
