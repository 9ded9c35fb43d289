"""Images decoded along axes of a latent space, a row for each, with names, steps and the place of the current point."""

import base64
from collections.abc import Sequence

import numpy as np

from aeviz.figures.pictures import rendering
from aeviz.figures.plane import FAR, INK, cross_path, ring

TILE = 80.0
"""Width of an image in the units of the drawing."""
LABEL, HEAD, TOP = 190.0, 30.0, 14.0
"""Room for the names at the left, for the steps below and for marks above."""


def rows_svg(
    picture_uri: str,
    aspect: float,
    steps: Sequence[float],
    far: np.ndarray,
    *,
    names: Sequence[str] = (),
    place: float | None = None,
    smooth: bool = False,
) -> str:
    """Draw tiled images in rows, with a step below each column.

    Args:
        picture_uri: The tiled pictures as a data URI.
        aspect: Height of an image divided by its width.
        steps: Deviations from rest of each column, evenly spaced.
        far: Which images lie far from the data, (rows * columns,), bool, in reading order.
        names: What to write before each row; nothing for a single row.
        place: Deviations from rest where the current point lies, marked above the first row; on the edge if outside.
        smooth: Whether pixels are blended, as for photographs, or shown as squares.

    Returns:
        The drawing as a data URI.
    """
    columns, left, top = len(steps), LABEL if names else 0.0, 0.0 if place is None else TOP
    rows, high = len(far) // columns, TILE * aspect
    width, height = left + columns * TILE, top + rows * high + HEAD
    marks = "".join(
        cross_path(left + (at % columns + 0.87) * TILE, top + (at // columns) * high + 0.13 * TILE)
        for at in np.flatnonzero(far).tolist()
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" width="{2 * width:.0f}" '
        f'height="{2 * height:.0f}" font-family="sans-serif" font-size="17" fill="{INK}">',
        f'<image href="{picture_uri}" x="{left}" y="{top}" width="{columns * TILE}" height="{rows * high:.1f}" '
        f'preserveAspectRatio="none" style="{rendering(smooth)}"/>',
        f'<g stroke="{FAR}" stroke-width="2.5">{marks}</g>',
        *(
            f'<text x="{left - 10}" y="{top + (row + 0.5) * high + 6:.1f}" text-anchor="end">{name}</text>'
            for row, name in enumerate(names)
        ),
        *(
            f'<text x="{left + (column + 0.5) * TILE}" y="{height - 9:.1f}" text-anchor="middle">{_signed(step)}</text>'
            for column, step in enumerate(steps)
        ),
    ]
    if place is not None:
        share = (place - steps[0]) / (steps[-1] - steps[0]) * (columns - 1) + 0.5
        parts.append(ring(left + TILE * min(max(share, 0.1), columns - 0.1), TOP / 2, 4.5))
    parts.append("</svg>")
    return "data:image/svg+xml;base64," + base64.b64encode("".join(parts).encode()).decode()


def _signed(step: float) -> str:
    return "0" if step == 0 else f"{step:+g}"
