"""Ruled lines, grids and the edges of paper: straight thin lines that run through an image.

All lengths are in pixels of the image that `find_lines` is given, unless a name says otherwise.
"""

import math

import numpy as np
from numpy.typing import NDArray

from aeviz.data.paper import Grey, resize

_LINE_SIDE = 500
"""Longest side of the copy in which straight lines are sought."""
_LINE_REACH = 0.014
"""Of the image's longer side: distance from a printed line's middle up to which it may darken the paper."""
_LINE_SHIFT = 4
"""Error of a line's place when it is first found."""
_LINE_PARTS = 16
_LINE_PARTS_COVERED = 11
"""A printed line runs through the image: of 16 equal parts of its way at least 11 must show it."""
_MOST_LINES = 100
_SHORTEST_LINE = 0.35
"""Of the image's shorter side. A line that only cuts off a corner might be a digit's stroke."""
_DRAWN_LINE = 0.01
"""Of the image's longer side: greatest width of a printed line in a drawing."""
_FAINTEST_LINE = 0.012
"""Absorbance."""


def find_lines(absorbance: Grey, *, is_drawn: bool) -> tuple[Grey | None, list[float]]:
    """Find straight thin lines that run through the image.

    Returns:
        Their absorbance, (H, W), or None where there are none, and their directions in degrees, 0 for level ones, more
        for those that fall to the right.
    """
    from scipy import ndimage
    from skimage.transform import hough_line, hough_line_peaks

    if is_drawn and _has_even_border(absorbance):
        return None, []
    small = resize(absorbance, _LINE_SIDE)
    zoom = max(absorbance.shape) / max(small.shape)
    if min(small.shape) < 40:
        return None, []
    ridge = ndimage.gaussian_filter(small, 0.8) - ndimage.gaussian_filter(small, 4)
    marks = ridge > max(float(np.quantile(ridge, 0.9)), 0.004)
    votes, theta, distances = hough_line(marks, np.deg2rad(np.arange(-90, 90, 0.5)))
    _, thetas, rhos = hough_line_peaks(
        votes, theta, distances, min_distance=5, min_angle=6, num_peaks=_MOST_LINES,
        threshold=0.45 * _SHORTEST_LINE * min(small.shape),
    )  # fmt: skip
    left, angles = absorbance.copy(), []
    for angle, rho in zip(thetas, rhos, strict=True):
        # x cos + y sin = rho; centres of pixels differ by half a pixel between the two sizes.
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        if _subtract_line(left, cos, sin, (float(rho) + 0.5 * (cos + sin)) * zoom - 0.5 * (cos + sin), is_drawn):
            angles.append((float(np.rad2deg(angle)) + 180) % 180 - 90)
    return (absorbance - left if angles else None), angles


def _has_even_border(absorbance: Grey) -> bool:
    """Tell whether nothing near the image's border can be either end of a line that runs through a drawing.

    `_subtract_line` asks for ink in the first and in the last part of a line's way; both lie within this border.
    """
    longest = max(absorbance.shape)
    border = round(_LINE_REACH * longest) + math.ceil(longest / _LINE_PARTS) + 2 * _LINE_SHIFT
    sides = (absorbance[:border], absorbance[-border:], absorbance[:, :border], absorbance[:, -border:])
    return max(float(side.max()) for side in sides) - min(float(side.min()) for side in sides) <= _FAINTEST_LINE


def _subtract_line(absorbance: Grey, cos: float, sin: float, distance: float, is_drawn: bool) -> bool:
    """Subtract one line, in place, if it is thin and runs through the image; return whether it was."""
    from scipy import ndimage

    view = absorbance if abs(sin) > abs(cos) else absorbance.T  # now the line is closer to level than to upright
    if view is not absorbance:
        cos, sin = sin, cos
    height, width = view.shape
    reach = max(_LINE_SHIFT + 1, round(_LINE_REACH * max(view.shape)))
    columns = np.arange(width)
    rows = (distance - columns * cos) / sin
    columns = columns[(rows > reach) & (rows < height - 1 - reach)]
    if len(columns) < _SHORTEST_LINE * min(view.shape):
        return False
    first, last = float(columns[0]), float(columns[-1])
    x = np.linspace(first, last, _LINE_PARTS * (len(columns) // _LINE_PARTS))
    offsets = np.arange(-reach, reach + 1)

    quick = np.linspace(0, len(columns) - 1, 8 * _LINE_PARTS).astype(int)
    sampled = view[np.rint(rows[columns[quick]]).astype(int)[:, np.newaxis] + offsets, columns[quick][:, np.newaxis]]
    rough = np.median(sampled.reshape(_LINE_PARTS, 8, len(offsets)), axis=1)
    near = rough[:, reach - _LINE_SHIFT : reach + _LINE_SHIFT + 1].max(axis=1) - np.minimum(rough[:, 0], rough[:, -1])
    if (near > _FAINTEST_LINE).sum() < _LINE_PARTS_COVERED:
        return False

    def medians(start: float, end: float) -> NDArray[np.float32]:
        """Return the medians over 16 parts of the way from row `start` to row `end`, (16, 2 * reach + 1)."""
        y = (start + (end - start) * (x - first) / (last - first))[:, np.newaxis] + offsets
        strip = ndimage.map_coordinates(
            view, [y, np.broadcast_to(x[:, np.newaxis], y.shape)], order=1, mode="nearest", output=np.float32
        )
        found: NDArray[np.float32] = np.median(strip.reshape(_LINE_PARTS, -1, len(offsets)), axis=1)
        return found

    # The line was found in a smaller copy: shift both its ends until it lies where the paper is darkest.
    start, end = (distance - first * cos) / sin, (distance - last * cos) / sin
    rough, at, parts = medians(start, end), np.linspace(0, 1, _LINE_PARTS), np.arange(_LINE_PARTS)
    shifts = np.arange(-_LINE_SHIFT, _LINE_SHIFT + 1)
    places = reach + shifts[:, np.newaxis, np.newaxis] * (1 - at) + shifts[:, np.newaxis] * at  # (left, right, parts)
    low = places.astype(int)
    values = (low + 1 - places) * rough[parts, low] + (places - low) * rough[parts, low + 1]
    limit = 3 * np.median(values, axis=2, keepdims=True)  # or a stroke that crosses would pull the line to itself
    best = np.unravel_index(np.argmax(np.minimum(values, limit).sum(axis=2)), values.shape[:2])
    start, end = start + float(shifts[best[0]]), end + float(shifts[best[1]])

    profile = medians(start, end)
    profile = profile - np.minimum(profile[:, :3].mean(axis=1), profile[:, -3:].mean(axis=1))[:, np.newaxis]
    covered = profile[:, reach - 1 : reach + 2].max(axis=1) > _FAINTEST_LINE
    typical = np.median(profile, axis=0)
    is_thin = bool(max(typical[:2].max(), typical[-2:].max()) < 0.5 * typical.max())
    if is_drawn:  # a drawing's strokes may be straight and long, but a scanned line is thin and runs from edge to edge
        is_thin &= bool((typical > 0.5 * typical.max()).sum() <= _DRAWN_LINE * max(view.shape))
    reaches = covered[0] and covered[-1] if is_drawn else covered[0] or covered[-1]
    if covered.sum() < _LINE_PARTS_COVERED or not is_thin or not reaches:
        return False

    # Strokes that cross or follow the line for a while are outvoted by the parts around them.
    smooth = ndimage.median_filter(np.clip(profile, 0, None), size=(5, 1), mode="nearest")
    middle = start + (end - start) * (columns - first) / (last - first)
    rows = np.rint(middle).astype(int)[:, np.newaxis] + offsets
    part = np.clip((columns - first) / (last - first) * _LINE_PARTS - 0.5, 0, _LINE_PARTS - 1)
    taken = ndimage.map_coordinates(
        smooth, [np.broadcast_to(part[:, np.newaxis], rows.shape), rows - middle[:, np.newaxis] + reach],
        order=1, mode="nearest",
    )  # fmt: skip
    inside = (rows >= 0) & (rows < height)
    view[rows[inside], np.broadcast_to(columns[:, np.newaxis], rows.shape)[inside]] -= taken[inside]
    return True
