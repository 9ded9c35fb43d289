"""A latent plane with its prior: circles at one, two and three standard deviations under the encoded images.

It is SVG for the reason of `aeviz.figures.plane`: three of them wait for a button, and ten thousand points as a picture
are drawn in no time.
"""

import base64
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.figures.images import latent_thumbnail, to_data_uri
from aeviz.figures.palette import CLASS_COLOURS, CLASS_COLOURS_ON_DARK
from aeviz.figures.plane import POINT, ticks
from aeviz.language import tr

SIDE = 360.0
"""Side of the plane in the units of the drawing."""
_LEFT, _TOP, _BOTTOM = 44.0, 8.0, 40.0
_LINE, _LETTER, _SQUARE = 19.0, 7.5, 22.0
"""Height of a line of the legend, width of a letter, and of the coloured square with its room."""
_ONE_PLACE = 0.01
"""Size of a cloud, as a share of the window's, below which its points could not be seen apart, nor at all."""
INKS = ("#4a4e58", "#c8ccd4")
"""Text and lines on a light and on a dark page: at least 7 to 1."""
_PICTURE_PX = 480
_SIGMAS = (1, 2, 3)
_ROOM = 3.4
"""Standard deviations of the prior that are always in sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A square of a latent plane."""

    centre: tuple[float, float]
    half: float
    """Half its side, in units of the latent space."""


PRIOR_WINDOW = Window(centre=(0.0, 0.0), half=_ROOM)
"""The prior, and nothing farther out."""


def fit_window(points: np.ndarray) -> Window:
    """Return the square that holds 99 of 100 of the points, (N, 2), in each direction, and the prior's circles."""
    low, high = np.quantile(points.astype(np.float64), [0.005, 0.995], axis=0)
    low, high = np.minimum(low, -_ROOM), np.maximum(high, _ROOM)
    x, y = (low + high) / 2
    return Window(centre=(float(x), float(y)), half=float((high - low).max()) / 2 * 1.05)


def prior_plane_svg(
    points: np.ndarray,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    draws: np.ndarray,
    window: Window,
    *,
    is_dark: bool = False,
) -> str:
    """Draw encoded images as coloured points over the circles of the prior N(0, I), and draws from it as rings.

    Args:
        points: Latent points, (N, 2), floating point.
        labels: Classes, (N,), integer, or None.
        class_names: Names of the classes, for the legend.
        draws: Draws from the prior, (M, 2).
        window: What is shown; both axes have the same scale.
        is_dark: Whether it stands on a dark page.

    Returns:
        The drawing as a data URI.
    """
    scale = SIDE / (2 * window.half)
    (x, y), half = window.centre, window.half

    def across(value: float) -> float:
        return _LEFT + (value - x + half) * scale

    def down(value: float) -> float:
        return _TOP + (y + half - value) * scale

    cloud = latent_thumbnail(points, labels, _PICTURE_PX, window=(window.centre, half), is_dark=is_dark)
    ink = INKS[is_dark]
    circles = "".join(
        f'<circle cx="{across(0.0):.1f}" cy="{down(0.0):.1f}" r="{sigma * scale:.1f}"/>' for sigma in _SIGMAS
    )
    inside = (np.abs(draws - np.array(window.centre)) <= half).all(axis=1)
    rings = "".join(f'<circle cx="{across(a):.1f}" cy="{down(b):.1f}" r="3.5"/>' for a, b in draws[inside].tolist())
    horizontal = [(across(value), text) for value, text in ticks(x - half, x + half)]
    vertical = [(down(value), text) for value, text in ticks(y - half, y + half)]
    square = f'x="{_LEFT}" y="{_TOP}" width="{SIDE}" height="{SIDE}"'
    lines = _wrap(class_names if labels is not None else ())
    width, height = _size(len(lines))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="13" fill="{ink}">',
        f'<clipPath id="plane"><rect {square}/></clipPath><g clip-path="url(#plane)">',
        f'<g fill="{ink}" fill-opacity="0.1" stroke="{ink}" stroke-width="1.5">{circles}</g>',
        f'<image href="{to_data_uri(cloud, effort=6)}" {square}/>',
        f'<g fill="none" stroke="white" stroke-width="3.6">{rings}</g>',
        f'<g fill="none" stroke="black" stroke-width="1.6">{rings}</g></g>',
        f'<rect {square} fill="none" stroke="{ink}" stroke-opacity="0.6"/>',
        *(f'<text x="{at:.1f}" y="{_TOP + SIDE + 16}" text-anchor="middle">{text}</text>' for at, text in horizontal),
        *(f'<text x="{_LEFT - 5}" y="{at + 4:.1f}" text-anchor="end">{text}</text>' for at, text in vertical),
        f'<text x="{_LEFT + SIDE / 2}" y="{_TOP + SIDE + 33}" text-anchor="middle">z1</text>',
        f'<text x="11" y="{_TOP + SIDE / 2}" text-anchor="middle" '
        f'transform="rotate(-90 11 {_TOP + SIDE / 2})">z2</text>',
        _one_place(points, window, across, down),
        *(_legend(line, _TOP + SIDE + _BOTTOM + _LINE * row + 12, is_dark) for row, line in enumerate(lines)),
        "</svg>",
    ]
    return "data:image/svg+xml;base64," + base64.b64encode("".join(parts).encode()).decode()


def ring_places(draws: np.ndarray, window: Window, class_names: Sequence[str] = ()) -> list[tuple[float, float] | None]:
    """Return where the rings of `prior_plane_svg` lie, as shares of its width and height; None outside of the window.

    Args:
        draws: Draws from the prior, (M, 2).
        window: What is shown.
        class_names: Those in the legend of the drawing.
    """
    width, height = _size(len(_wrap(class_names)))
    shares = (draws - np.array(window.centre)) / (2 * window.half)
    return [
        ((_LEFT + SIDE * (0.5 + x)) / width, (_TOP + SIDE * (0.5 - y)) / height) if max(abs(x), abs(y)) <= 0.5 else None
        for x, y in shares.tolist()
    ]


def _size(lines: int) -> tuple[float, float]:
    """Return width and height of the drawing with a legend of so many lines."""
    return _LEFT + SIDE + 8, _TOP + SIDE + _BOTTOM + _LINE * lines


def class_legend_svg(class_names: Sequence[str], *, is_dark: bool = False) -> str:
    """Draw the legend of planes that share their classes, SIDE units wide; returns a data URI.

    Args:
        class_names: One name or more.
        is_dark: Whether it stands on a dark page.
    """
    lines = _wrap(class_names)
    height = _LINE * len(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{_LEFT - 6} 0 {SIDE} {height}" width="{SIDE}" '
        f'height="{height}" font-family="sans-serif" font-size="13" fill="{INKS[is_dark]}">',
        *(_legend(line, _LINE * row + 14, is_dark) for row, line in enumerate(lines)),
        "</svg>",
    ]
    return "data:image/svg+xml;base64," + base64.b64encode("".join(parts).encode()).decode()


def _one_place(
    points: np.ndarray, window: Window, across: Callable[[float], float], down: Callable[[float], float]
) -> str:
    """Mark the place of a cloud that is too small to be seen; nothing otherwise."""
    low, high = np.quantile(points.astype(np.float64), [0.005, 0.995], axis=0)
    if float((high - low).max()) > _ONE_PLACE * 2 * window.half:
        return ""
    x, y = across(float((low + high)[0]) / 2), down(float((low + high)[1]) / 2)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{POINT}" stroke="white" stroke-width="1.5"/>'
        f'<text x="{x:.1f}" y="{y + 24:.1f}" text-anchor="middle" font-weight="bold" fill="{POINT}" stroke="white" '
        'stroke-width="5" stroke-linejoin="round" paint-order="stroke">'
        f"{html.escape(tr('all images'))}</text>"
    )


def _wrap(names: Sequence[str]) -> list[list[tuple[float, int, str]]]:
    """Return the lines of the legend, each a list of (place across, class, name)."""
    lines: list[list[tuple[float, int, str]]] = []
    at = SIDE
    for label, name in enumerate(names):
        wide = _SQUARE + _LETTER * len(name)
        if at + wide > SIDE:
            lines.append([])
            at = 0.0
        lines[-1].append((at, label, name))
        at += wide + 4
    return lines


def _legend(line: list[tuple[float, int, str]], y: float, is_dark: bool) -> str:
    colours = CLASS_COLOURS_ON_DARK if is_dark else CLASS_COLOURS
    return "".join(
        f'<rect x="{_LEFT + at:.1f}" y="{y - 10:.1f}" width="11" height="11" fill="{colours[label % len(colours)]}"/>'
        f'<text x="{_LEFT + at + 15:.1f}" y="{y:.1f}">{html.escape(name)}</text>'
        for at, label, name in line
    )
