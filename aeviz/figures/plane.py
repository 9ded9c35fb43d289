"""A plane of a latent space as a picture: decoded images with axes, the current point and marks far from the data.

It is SVG and not Plotly because a slider waits for it: writing the text takes a tenth of a millisecond, building and
sending the same figure five, and the page needs no 5 MB of JavaScript to show it.
"""

import base64
import math
from collections.abc import Sequence

import numpy as np

from aeviz.figures.pictures import rendering

PLANE = 560.0
"""Side of the plane in the units of the drawing."""
LEFT, TOP, BOTTOM = 62.0, 34.0, 54.0
"""Room for the upward axis, the legend and the axis across."""
INK = "#808495"
"""Grey that can be read on a light page and on a dark one."""
FAR, POINT = "#ffa90e", "#e76300"


def plane_svg(
    picture_uri: str,
    ranges: Sequence[Sequence[float]],
    axis_names: tuple[str, str],
    point: tuple[float, float],
    side: int,
    far: np.ndarray,
    *,
    smooth: bool = False,
) -> str:
    """Draw decoded images over the plane they come from, with the current point.

    Args:
        picture_uri: The tiled pictures as a data URI.
        ranges: (low, high) across and upwards.
        axis_names: Names of the two dimensions.
        point: The current point in the plane; on the edge if it lies outside.
        side: Tiles along each side.
        far: Which tiles lie far from all data, (side * side,), bool, in reading order.
        smooth: Whether pixels are blended, as for photographs, or shown as squares.

    Returns:
        The drawing as a data URI.
    """
    (left, right), (bottom, top) = ranges
    across = [(LEFT + PLANE * (value - left) / (right - left), text) for value, text in ticks(left, right)]
    up = [(TOP + PLANE * (top - value) / (top - bottom), text) for value, text in ticks(bottom, top)]
    x = LEFT + PLANE * min(1.0, max(0.0, (point[0] - left) / (right - left)))
    y = TOP + PLANE * min(1.0, max(0.0, (top - point[1]) / (top - bottom)))
    width, height = LEFT + PLANE + 10.0, TOP + PLANE + BOTTOM
    tile = PLANE / side
    rows, columns = np.divmod(np.flatnonzero(far), side)
    crosses = "".join(
        cross_path(LEFT + (column + 0.87) * tile, TOP + (row + 0.13) * tile)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    )
    lines = [count * tile for count in range(1, side)]
    grid = "".join(f"M{LEFT + at:.1f} {TOP}v{PLANE}M{LEFT} {TOP + at:.1f}h{PLANE}" for at in lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="17" fill="{INK}">',
        f'<image href="{picture_uri}" x="{LEFT}" y="{TOP}" width="{PLANE}" height="{PLANE}" '
        f'preserveAspectRatio="none" style="{rendering(smooth)}"/>',
        f'<path d="{grid}" stroke="{INK}" stroke-opacity="0.5"/>',
        *(f'<text x="{at:.1f}" y="{TOP + PLANE + 20}" text-anchor="middle">{text}</text>' for at, text in across),
        *(f'<text x="{LEFT - 6}" y="{at + 5:.1f}" text-anchor="end">{text}</text>' for at, text in up),
        f'<text x="{LEFT + PLANE / 2}" y="{height - 8}" text-anchor="middle">{axis_names[0]}</text>',
        f'<text x="14" y="{TOP + PLANE / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {TOP + PLANE / 2})">{axis_names[1]}</text>',
        f'<g stroke="{FAR}" stroke-width="2.5">{crosses}{cross_path(LEFT + 8, TOP - 14)}</g>',
        f'<text x="{LEFT + 20}" y="{TOP - 9}">far from any data</text>',
        ring(x, y, 11.0),
        ring(LEFT + 184, TOP - 14, 7.0),
        f'<text x="{LEFT + 198}" y="{TOP - 9}">the decoded point</text>',
        "</svg>",
    ]
    return "data:image/svg+xml;base64," + base64.b64encode("".join(parts).encode()).decode()


def marked_svg(picture_uri: str, size: tuple[int, int], columns: int, far: np.ndarray, *, smooth: bool = False) -> str:
    """Draw tiled images with a cross on each that lies far from all data.

    Args:
        picture_uri: The tiled pictures as a data URI.
        size: Width and height of the tiled pictures in their own pixels.
        columns: Tiles in a row.
        far: Which tiles to mark, (N,), bool, in reading order.
        smooth: Whether the browser interpolates between pixels; otherwise they are squares.

    Returns:
        The drawing as a data URI.
    """
    scale = PLANE / size[0]
    height = size[1] * scale
    rows = -(-len(far) // columns)
    tile, high = PLANE / columns, height / rows
    crosses = "".join(
        cross_path((at % columns + 0.87) * tile, (at // columns) * high + 0.13 * tile)
        for at in np.flatnonzero(far).tolist()
    )
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PLANE} {height:.1f}" width="{2 * PLANE}" '
        f'height="{2 * height:.1f}"><image href="{picture_uri}" width="{PLANE}" height="{height:.1f}" '
        f'preserveAspectRatio="none" style="image-rendering:{"auto" if smooth else "pixelated"}"/>'
        f'<g stroke="{FAR}" stroke-width="2.5">{crosses}</g></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


def cross_path(x: float, y: float) -> str:
    """Return the mark of an image that lies far from the data, for a group that names stroke and width."""
    return f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8"/>'


def ring(x: float, y: float, radius: float) -> str:
    """Return the mark of the current point."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="none" stroke="{POINT}" stroke-width="4"/>'


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return about six round values between the bounds, with their text."""
    raw = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step)
    return [(count * step, f"{count * step:.{decimals}f}") for count in range(first, math.floor(high / step) + 1)]
