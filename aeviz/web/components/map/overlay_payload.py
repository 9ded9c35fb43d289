"""The layers of a map above its points, packed for the page: components/map/overlay_store.js reads it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from plotly.colors import sample_colorscale

from aeviz.language import number, tr
from aeviz.web.components.kit.wire import pack

STEPS = 255
"""Steps of a scale; the code beyond them stands for a point without a value."""
TAIL = 0.01
"""Share of the values beyond each end of a scale, so that a few outliers do not take all its colours."""
SCALE = "Viridis"
"""Perceptually uniform, and readable with the common colour deficiencies (S. van der Walt and N. Smith, 2015)."""
PART = (0.14, 0.96)
"""The part of it that stands out on dark and on light pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A continuous colour scale with its legend."""

    title: str
    colours: tuple[str, ...]
    """STEPS colours, as #rrggbb."""
    low: str
    middle: str
    """The median."""
    high: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contour:
    """Lines of equal density in the plane."""

    colour: str | None
    """As #rrggbb; None for the colour of the text."""
    label: int
    """The class; -1 for all points."""
    weight: float
    """From 0 to 1: how heavy the lines are."""
    lines: tuple[np.ndarray, ...]
    """(M, 2) each, in the coordinates of the map."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlay:
    """The layers of a map of P panels above its points."""

    sprite: str | None = None
    """Name in the blob store of the small images."""
    hint: str = ""
    """Instructions for the visitor: how to use the layers."""
    scale: Scale | None = None
    codes: tuple[np.ndarray, ...] = ()
    """Step of the scale of each point, (N,), uint8, of each panel; none without a scale."""
    contours: tuple[tuple[Contour, ...], ...] = ()
    """Of each panel."""
    neighbours: tuple[tuple[int, ...], ...] = ()
    """Nearest images of the chosen one in each model's latent space, of each panel."""
    chosen: int | None = None
    """The image whose neighbours these are."""
    move: int = 0
    """Counts how often the page has chosen the image; the map follows when it rises."""


def make_scale(title: str, values: Sequence[np.ndarray | None]) -> tuple[Scale | None, tuple[np.ndarray, ...]]:
    """Return one colour scale for the values of all panels, and the step of each point on it.

    Args:
        title: What the values are, with their unit.
        values: (N,), floating point, of each panel; None for a panel whose model has none, which is then grey.

    Returns:
        The scale, None if no panel has values; and the steps, (N,), uint8, of each panel.
    """
    known = [column.astype(np.float64) for column in values if column is not None]
    if not known:
        return None, ()
    together = np.concatenate(known)
    low, middle, high = np.quantile(together, [TAIL, 0.5, 1 - TAIL]).tolist()
    span = max(high - low, 1e-12)
    n = len(known[0])
    codes = tuple(
        np.full(n, STEPS, dtype=np.uint8)
        if column is None
        else np.clip((column - low) / span * (STEPS - 1), 0, STEPS - 1).round().astype(np.uint8)
        for column in values
    )
    least, most = float(together.min()), float(together.max())
    cut = least < low or most > high
    scale = Scale(
        title=title,
        colours=_colours(),
        low=number(low, ".3g"),
        middle=number(middle, ".3g"),
        high=number(high, ".3g"),
        note=tr("all values: {least:.3g} to {most:.3g}", least=least, most=most) if cut else "",
    )
    return scale, codes


def _colours() -> tuple[str, ...]:
    shades = sample_colorscale(SCALE, np.linspace(*PART, STEPS).tolist(), colortype="tuple")
    return tuple("#" + "".join(f"{round(255 * channel):02x}" for channel in shade) for shade in shades)


def pack_overlay(map_name: str, count: int, panels: int, overlay: Overlay) -> bytes:
    """Pack an overlay: see components/map/overlay_store.js.

    Args:
        map_name: Name of the map that shows it, as `map_payload` was given it.
        count: Points of the map.
        panels: Panels of the map.
        overlay: What it shows.
    """
    contours = overlay.contours or ((),) * panels
    return pack(
        {
            "map": map_name,
            "n": count,
            "sprite": overlay.sprite,
            "hint": overlay.hint,
            "scale": None if overlay.scale is None else asdict(overlay.scale),
            "codes": overlay.codes,
            "contours": [
                [
                    {
                        "colour": contour.colour,
                        "label": contour.label,
                        "weight": contour.weight,
                        "lines": [line.astype(np.float32) for line in contour.lines],
                    }
                    for contour in own
                ]
                for own in contours
            ],
            "neighbours": overlay.neighbours or ((),) * panels,
            "chosen": -1 if overlay.chosen is None else overlay.chosen,
            "move": overlay.move,
        }
    )
