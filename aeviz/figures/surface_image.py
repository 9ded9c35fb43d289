"""A surface seen from above as one picture, coloured by height and with contours, to be laid below a figure.

A picture and no trace, since Plotly takes the layers of contours and heat maps away as soon as it moves other traces
(https://github.com/plotly/plotly.js/issues/4491).
"""

import base64
from functools import cache

import numpy as np

from aeviz.figures.images import to_data_uri
from aeviz.lab.surfaces import Surface

GRID = 241
"""Values of a surface along each axis."""
SIDE = 800
"""Side of the drawing in its own units; the browser stretches it."""
DECADES = 0.5
"""From one contour to the next, in powers of ten of f above its minimum."""
FLOOR = 1e-3
"""Added to f above its minimum, of which there is no logarithm."""
_LIGHT = ((58, -12, -32), (80, -28, -4), (97, -6, 24))
_DARK = ((46, 2, -44), (31, -16, -16), (13, 0, -4))
"""CIELAB at the least height, half-way and at the largest, on a light and a dark page.

Lightness changes evenly from end to end, so everybody sees which of two places is lower; the low end differs most from
the page. It stays on the page's side of the trajectories, which have a contrast of 3 to 1 to the page.
"""
_LOWEST = 0.02
"""Share of the window that has the colour of the least height: a minimum is a point, with a logarithm far below all."""
_INK = {False: "#40464d", True: "#c3ccd6"}
"""Contours on a light and a dark page."""


@cache
def surface_image(surface: Surface, is_dark: bool) -> str:
    """Draw the logarithm of a function above its minimum over its window.

    Args:
        surface: The function.
        is_dark: Whether the page is dark.

    Returns:
        The drawing as a data URI, SVG, as wide as high whatever the window.
    """
    (x_low, y_low), (x_high, y_high) = surface.low, surface.high
    x, y = np.linspace(x_low, x_high, GRID), np.linspace(y_high, y_low, GRID)
    heights = np.log10(surface.value(x[None, :], y[:, None]) - surface.minimum + FLOOR)
    half = 1.5 * SIDE / (GRID - 1)  # of a pixel of the shading
    picture = to_data_uri(_shade(heights[::3, ::3], is_dark), effort=9)
    ink = f'stroke="{_INK[is_dark]}" stroke-opacity="0.55" vector-effect="non-scaling-stroke"'
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}" '
        f'preserveAspectRatio="none"><image href="{picture}" '
        f'x="{-half:g}" y="{-half:g}" width="{SIDE + 2 * half:g}" height="{SIDE + 2 * half:g}"/>'
        f'<path fill="none" {ink} d="{_contours(heights)}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


def _shade(heights: np.ndarray, is_dark: bool) -> np.ndarray:
    """Colour heights, (N, N), as a picture, (N, N, 3), uint8."""
    from skimage.color import lab2rgb

    low, high = np.quantile(heights, _LOWEST), heights.max()
    shares = np.clip((heights - low) / (high - low), 0.0, 1.0)
    scale = np.array(_DARK if is_dark else _LIGHT, dtype=np.float64)
    colours = np.stack([np.interp(shares, (0.0, 0.5, 1.0), channel) for channel in scale.T], axis=-1)
    picture: np.ndarray = (lab2rgb(colours) * 255).round().astype(np.uint8)
    return picture


def _contours(heights: np.ndarray) -> str:
    """Return the lines of equal height as what an SVG path is made of."""
    from skimage.measure import find_contours

    levels = np.arange(np.ceil(heights.min() / DECADES), np.floor(heights.max() / DECADES) + 1) * DECADES
    lines = []
    for level in levels:
        for rows in find_contours(heights, level):
            points = (rows[:, ::-1] * (SIDE / (GRID - 1))).round().astype(int)
            kept = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
            lines.append("M" + "L".join(f"{x} {y}" for x, y in points[kept].tolist()))
    return "".join(lines)
