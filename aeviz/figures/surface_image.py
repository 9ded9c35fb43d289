"""A surface seen from above as one picture, shaded by height and with contours, to be laid below a figure.

A picture and no trace, since Plotly takes the layers of contours and heat maps away as soon as it moves other traces
(https://github.com/plotly/plotly.js/issues/4491).
"""

import base64
from functools import cache

import numpy as np

from aeviz.figures.images import to_data_uri
from aeviz.figures.palette import UNLABELLED
from aeviz.lab.surfaces import Surface

GRID = 241
"""Values of a surface along each axis."""
SIDE = 800
"""Side of the drawing in its own units; the browser stretches it."""
DECADES = 0.5
"""From one contour to the next, in powers of ten of f above its minimum."""
FLOOR = 1e-3
"""Added to f above its minimum, of which there is no logarithm."""
_SHARES = (0.0, 0.5, 1.0)
_SHADES = np.array([[63, 144, 218, 170], [63, 144, 218, 80], [128, 132, 149, 20]])
"""Red, green, blue and opacity at the least height, half-way and at the largest: faint on a light and a dark page."""


@cache
def surface_image(surface: Surface) -> str:
    """Draw the logarithm of a function above its minimum over its window.

    Returns:
        The drawing as a data URI, SVG, as wide as high whatever the window.
    """
    (x_low, y_low), (x_high, y_high) = surface.low, surface.high
    x, y = np.linspace(x_low, x_high, GRID), np.linspace(y_high, y_low, GRID)
    heights = np.log10(surface.value(x[None, :], y[:, None]) - surface.minimum + FLOOR)
    half = 1.5 * SIDE / (GRID - 1)  # of a pixel of the shading
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}" '
        f'preserveAspectRatio="none"><image href="{to_data_uri(_shade(heights[::3, ::3]), effort=9)}" '
        f'x="{-half:g}" y="{-half:g}" width="{SIDE + 2 * half:g}" height="{SIDE + 2 * half:g}"/>'
        f'<path fill="none" stroke="{UNLABELLED}" vector-effect="non-scaling-stroke" d="{_contours(heights)}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


def _shade(heights: np.ndarray) -> np.ndarray:
    """Colour heights, (N, N), as a picture, (N, N, 4), uint8."""
    shares = (heights - heights.min()) / np.ptp(heights)
    return np.stack([np.interp(shares, _SHARES, channel) for channel in _SHADES.T], axis=-1).round().astype(np.uint8)


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
