"""Parts of SVG drawings: tiled images with marks on those out of distribution, round numbers on an axis.

They are SVG and not Plotly because a control waits for them: writing the text takes a tenth of a millisecond, building
and sending the same figure five, and the page needs no 5 MB of JavaScript to show it.
"""

import base64
import math

import numpy as np

PLANE = 560.0
"""Side of the plane in the units of the drawing."""
INK = "#808495"
"""Grey that can be read on a light page and on a dark one."""
FAR, POINT = "#ffa90e", "#e76300"


def marked_svg(
    picture_uri: str,
    size: tuple[int, int],
    columns: int,
    far: np.ndarray,
    *,
    smooth: bool = False,
) -> str:
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


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return about six round values between the bounds, with their text."""
    raw = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step)
    return [(count * step, f"{count * step:.{decimals}f}") for count in range(first, math.floor(high / step) + 1)]
