"""The latent map: what the in-page component needs to draw one or two clouds of points."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np

from aeviz.analysis.alignment import Alignment
from aeviz.analysis.posterior import align_ellipses
from aeviz.analysis.selection import Selection
from aeviz.figures.palette import class_colour
from aeviz.language import mark, tr
from aeviz.web.components.kit.network import Network
from aeviz.web.components.kit.wire import pack

NO_LABEL = 65535
"""Label of a point without a class."""
TAIL = 0.0025
"""Share of the points beyond each edge of the first view, so that a few outliers do not shrink all others."""
VIEWPOINTS = ((35.0, 20.0), (125.0, 20.0))
"""Yaw and pitch, in degrees, of the two viewpoints on a 3-D latent space (S1, figures 2.7 and 2.8)."""
ROOM = 1.1
"""Half sides of a first view within which the points must lie to keep it when they move."""
_STEPS = 65535
"""Largest 16-bit number: half axes are packed in steps of the longest, angles in steps of a half turn."""

KEYS = mark(
    "Arrow keys pan, plus and minus zoom, 0 resets the view, n and p choose the next and the previous image. M, l, b "
    "and d choose what a drag does: pan, draw a lasso, draw a box, move the decoded point, which arrow keys then move. "
    "T moves the points of the first of two maps to those of the second, and back. "
    "With lasso or box, arrow keys move a cross, Space sets a corner, Enter sets the last one, and Escape clears the "
    "selection."
)
"""The keys of a panel, for visitors who cannot see it."""
PRIOR_MEANING = mark(
    "Circles: the prior at 1, 2 and 3 standard deviations. In this plane they hold 39 %, 86 % and 99 % of its samples."
)
"""Meaning of a prior's contours: 1 - exp(-k^2 / 2) of a standard Gaussian in the plane lies within k of its mean."""

EllipseMode = Literal["off", "chosen", "all"]
"""Whose posteriors are drawn: nobody's, that of the chosen image, or those of all images."""
FieldName = Literal["none", "distance", "classes", "stretching", "error"]
"""What is drawn over the plane, all computed in the page (components/map/field_values.js): nothing; the distance to the
10th nearest image; the class of most of the 10 nearest images; the decoder's local change of area sqrt(det(J^T J)), by
G. Arvanitidis, L. K. Hansen, S. Hauberg, Latent space oddity, ICLR 2018, arXiv:1710.11379; the mean
squared error of the images nearby."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posteriors:
    """The posteriors of the images of a panel, as ellipses in its plane."""

    shapes: np.ndarray
    """(N, 3), floating point: `aeviz.analysis.posterior.ellipses`."""
    means: np.ndarray | None = None
    """Their middles, (N, 2), floating point; None where those are the panel's own points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A prior N(m, I) seen in the plane of a panel, where its contours are circles."""

    centre: tuple[float, float]
    radius: float = 1.0
    """Radius of the circle at one standard deviation."""
    label: int | None = None
    """The class that it belongs to; None for the prior of all images."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lift:
    """How a point of a panel is decoded."""

    model: str
    """Name of the model."""
    origin: np.ndarray
    """The latent point at the panel's own origin, (D,), float64."""
    columns: np.ndarray
    """The step in latent space for one unit along each axis of the panel, (K, D), float64."""
    network: Network | None
    """The decoder for the page; None where the server must decode."""
    shape: tuple[int, int, int]
    smooth: bool
    """Whether its images are enlarged smoothly, as photographs are."""

    def apply(self, point: np.ndarray) -> np.ndarray:
        """Return the latent point, (D,), float64, of a point of the panel, (K,)."""
        found: np.ndarray = self.origin + point @ self.columns
        return found

    def moved(self, alignment: Alignment) -> "Lift":
        """Return the same for a panel whose points an alignment has moved."""
        back = alignment.rotation.T / alignment.scale
        start = alignment.source_mean - alignment.target_mean @ back
        return replace(self, origin=self.apply(start), columns=back @ self.columns)

    def to_dict(self) -> dict[str, object]:
        """Return what the page needs: see components/map/lift.js."""
        return {
            "model": self.model,
            "origin": self.origin.tolist(),
            "columns": self.columns.tolist(),
            "network": None if self.network is None else asdict(self.network),
            "shape": self.shape,
            "smooth": self.smooth,
        }


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
    markers: tuple[tuple[str, tuple[float, ...]], ...] = ()
    """Points that are no image of the set, by name: where a visitor's own image lands; K coordinates each."""
    posteriors: Posteriors | None = None
    """Of a variational model in the plane."""
    priors: tuple[Prior, ...] = ()
    """Likewise."""
    lift: Lift | None = None
    """How its points are decoded; None where they cannot be, as on a bent map."""
    carry: tuple[np.ndarray, np.ndarray] | None = None
    """Matrix, (K, K), and shift, (K,): a point p corresponds to p @ matrix + shift on the first panel. None where the
    coordinates of both are the same."""
    class_centres: list[list[float] | None] | None = None
    """What `with_class_centres` has found beforehand for these points."""
    follow: Mapping[str, object] | None = None
    """Whose points, sent by another part of the page, move on this panel: see `let_follow`."""

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


def add_markers(panel: MapPanel, markers: Mapping[str, np.ndarray]) -> MapPanel:
    """Return the panel with markers, (K,) each, by name; the first view grows to hold those that are not far away.

    A marker more than a width of the cloud beyond its edge does not count, since everything else would shrink to a dot.
    """
    low, high = np.array(panel.low), np.array(panel.high)
    reach = np.max(high - low)
    near = [point for point in markers.values() if (point >= low - reach).all() and (point <= high + reach).all()]
    corners = np.array([low, high, *near])
    return replace(
        panel,
        low=tuple(corners.min(axis=0).tolist()),
        high=tuple(corners.max(axis=0).tolist()),
        markers=tuple((name, tuple(point.astype(float).tolist())) for name, point in markers.items()),
    )


def share_view(panel: MapPanel, other: MapPanel) -> MapPanel:
    """Return `panel` with the first view of `other`, for clouds that were laid over each other."""
    return replace(panel, low=other.low, high=other.high)


def move_points(panel: MapPanel, points: np.ndarray) -> MapPanel:
    """Return the panel with other points, (N, K), for the same images: samples, say, of the posteriors around them.

    Posteriors stay around the old points. So does the first view, unless it is too small for the new ones.
    """
    low, high = np.quantile(points.astype(np.float64), [TAIL, 1 - TAIL], axis=0)
    reach = ROOM * panel.half
    if (low < np.array(panel.centre) - reach).any() or (high > np.array(panel.centre) + reach).any():
        low, high = np.minimum(low, panel.low), np.maximum(high, panel.high)
        panel = replace(panel, low=tuple(low.tolist()), high=tuple(high.tolist()))
    if panel.posteriors is not None and panel.posteriors.means is None:
        panel = replace(panel, posteriors=replace(panel.posteriors, means=panel.points))
    return replace(panel, points=points, class_centres=None)


def lay_over(panel: MapPanel, alignment: Alignment, axis_names: tuple[str, ...]) -> MapPanel:
    """Return the panel with points, posteriors and priors moved by an alignment; the first view is left to the caller.

    Args:
        panel: What is moved.
        alignment: Takes points of the panel to where they shall lie.
        axis_names: What the axes then are.
    """
    posteriors = panel.posteriors
    if posteriors is not None:
        means = None if posteriors.means is None else alignment.apply(posteriors.means)
        posteriors = Posteriors(shapes=align_ellipses(posteriors.shapes, alignment), means=means)
    priors = []
    for prior in panel.priors:
        x, y = alignment.apply(np.array([prior.centre]))[0].tolist()
        priors.append(replace(prior, centre=(x, y), radius=prior.radius * alignment.scale))
    points = alignment.apply(panel.points)
    lift = None if panel.lift is None or alignment.scale == 0 else panel.lift.moved(alignment)
    panel = replace(panel, lift=lift)
    return replace(
        panel, points=points, class_centres=None, axis_names=axis_names, posteriors=posteriors, priors=tuple(priors)
    )


def with_class_centres(panel: MapPanel, labels: np.ndarray | None, classes: int) -> MapPanel:
    """Return the panel with the places of its classes' names, which then need not be found each time it is packed.

    Args:
        panel: The panel.
        labels: Classes of its points, (N,), integer, or None.
        classes: How many classes there are.
    """
    return panel if labels is None else replace(panel, class_centres=_class_centres(panel.points, labels, classes))


def let_follow(panel: MapPanel, model: str, mean: np.ndarray, axes: np.ndarray) -> MapPanel:
    """Return a panel on which a point of a model, sent by another part of the page, moves without a rerun.

    Args:
        panel: The panel.
        model: Name of the model whose points are followed.
        mean: (D,), where the panel's axes have their origin in the latent space.
        axes: (D, 2 or 3), a column for each axis of the panel.
    """
    return replace(panel, follow={"model": model, "mean": mean.tolist(), "axes": axes.T.tolist()})


def map_payload(
    panels: Sequence[MapPanel],
    labels: np.ndarray | None,
    class_names: Sequence[str],
    *,
    hidden: Sequence[int] = (),
    selected: int | None = None,
    ellipses: EllipseMode = "chosen",
    prior: bool = False,
    selection: Selection | None = None,
    model: str = "",
    blend: float = 0.0,
    field: FieldName | None = None,
    aligned: bool = False,
    morph: float | None = None,
    is_whole: bool | None = None,
    height_px: int | None = 520,
    layers: str = "",
    file: str = "latent-map",
    has_link: bool = False,
) -> bytes:
    """Pack panels for the component: see components/map/map_data.js.

    Posteriors and priors are packed wherever there are some, shown or not: the component shows them without asking.

    Args:
        panels: One or two clouds of the same N images in the same order.
        labels: Classes, (N,), integer, or None.
        class_names: Names of the classes.
        hidden: Labels that are hidden at first.
        selected: Index of the marked image.
        ellipses: Whose posteriors are shown at first.
        prior: Whether priors are shown at first.
        selection: The outline that is drawn at first. The component keeps its own until another one is given.
        model: The model whose latent point and chosen image the map shares with the explorer beside it, by its name;
            none if empty. It is that of the first panel.
        blend: What is shown at first, from 0, the points, to 1, the images decoded all over the plane.
        field: What is drawn over the plane at first; None offers no choice.
        aligned: Whether the second panel has the coordinates of the first, by Procrustes.
        morph: Lays the second map over the first, with the points on the way from 0, the first, to 1, the second; None
            shows both side by side.
        is_whole: Whether all points of a plane are drawn at first, or, of more than 4,000 in view, a regular part of
            about 2,500; None draws all and offers no choice.
        height_px: Largest height of a panel in pixels; None for what is left of the window.
        layers: Name of the overlay (`aeviz.web.components.map.overlay_payload`) that the map shows; none if empty.
        file: Name of the file that *Save image* writes, without suffix.
        has_link: Whether the page's address holds all that the map shows, so that the map offers to copy it.
    """
    n = len(panels[0].points)
    names = class_names if labels is not None else ()
    codes = np.full(n, NO_LABEL, np.uint16) if labels is None else labels.astype(np.uint16)
    in_space = panels[0].points.shape[1] == 3
    turn = mark("Drag to rotate, Shift-drag to pan.") if in_space else mark("Drag to pan, Shift-drag to draw a lasso.")
    if model and panels[0].lift is not None:
        turn = (
            mark("Drag the square to decode, elsewhere to rotate; Shift-drag to pan.")
            if in_space
            else mark("Drag anywhere to decode, Shift-drag to draw a lasso; to pan, choose Move.")
        )
    return pack(
        {
            "n": n,
            "panels": [_panel_header(panel, codes, len(names)) for panel in panels],
            "labels": codes,
            "classes": [{"name": name, "colour": class_colour(label)} for label, name in enumerate(names)],
            "hidden": sorted(hidden),
            "selected": -1 if selected is None else selected,
            "ellipses": ellipses,
            "prior": prior,
            "selection": None if selection is None else selection.to_dict(),
            "model": model,
            "blend": blend,
            "field": field,
            "aligned": aligned,
            "morph": morph,
            "whole": is_whole,
            "height": height_px or 0,
            "layers": layers,
            "file": file,
            "linkable": has_link,
            "meaning": tr(PRIOR_MEANING),
            "hint": tr(
                "{turn} To zoom, pinch, or click the map and scroll. Click a point, or press n, to see its image.",
                turn=tr(turn),
            ),
        }
    )


def _panel_header(panel: MapPanel, codes: np.ndarray, classes: int) -> dict[str, object]:
    """Return a panel as components/map/map_data.js reads it; `codes` are the labels, (N,), uint16."""
    return {
        "title": panel.title,
        "dims": panel.points.shape[1],
        "coordinates": panel.points.astype(np.float32),
        "errors": panel.error.astype(np.float32),
        "axes": panel.axis_names,
        "centre": panel.centre,
        "half": panel.half,
        "low": panel.low,
        "high": panel.high,
        "markers": [{"name": name, "point": point} for name, point in panel.markers],
        "names": panel.class_centres or _class_centres(panel.points, codes, classes),
        "yaw": panel.viewpoint[0],
        "pitch": panel.viewpoint[1],
        "posteriors": None if panel.posteriors is None else _posteriors_header(panel.posteriors),
        "lift": None if panel.lift is None else panel.lift.to_dict(),
        "carry": None if panel.carry is None else {"matrix": panel.carry[0].tolist(), "shift": panel.carry[1].tolist()},
        "follow": panel.follow,
        "priors": [
            {"centre": prior.centre, "radius": prior.radius, "label": -1 if prior.label is None else prior.label}
            for prior in panel.priors
        ],
        "view": f"{panel.title} {panel.low} {panel.high} {panel.viewpoint}",
        "description": tr("{title}: {count} points. {keys}", title=panel.title, count=len(codes), keys=tr(KEYS)),
    }


def _posteriors_header(posteriors: Posteriors) -> dict[str, object]:
    """Return half axes and angles in 16 bits each, the length of a step of the half axes, and means that lie apart.

    An ellipse is at least one step long and wide.
    """
    longest = max(float(posteriors.shapes[:, 0].max(initial=0)), 1e-30)
    steps = np.maximum(np.rint(posteriors.shapes[:, :2] / longest * _STEPS), 1)
    angle = np.rint(posteriors.shapes[:, 2:] / np.pi * _STEPS)
    return {
        "step": longest / _STEPS,
        "means": None if posteriors.means is None else posteriors.means.astype(np.float32),
        "shapes": np.hstack([steps, angle]).astype(np.uint16),
    }


def _class_centres(points: np.ndarray, codes: np.ndarray, classes: int) -> list[list[float] | None]:
    """Return where the name of each class stands: the median of its points; None for a class without points."""
    members = [points[codes == label] for label in range(classes)]
    return [np.median(group, axis=0).astype(float).tolist() if len(group) else None for group in members]
