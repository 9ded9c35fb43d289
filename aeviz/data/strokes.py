"""Bring a digit's ink to the form that a data set of digits has: size, place, width of the pen.

MNIST: "The original black and white images were size normalized to fit in a 20x20 pixel box while preserving their
aspect ratio. The resulting images contain grey levels as a result of the anti-aliasing technique used by the
normalization algorithm. The images were centered in a 28x28 image by computing the center of mass of the pixels"
(LeCun et al. 1998, section III.A). The 8x8 digits of scikit-learn fill their image from top to bottom instead.

References:
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition, Proceedings of
    the IEEE 86, 1998, https://doi.org/10.1109/5.726791.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aeviz.data.paper import Grey

SMALL_SIDE = 12
"""Sides up to this, in pixels, are filled from edge to edge as the 8x8 digits of scikit-learn are."""
BOX_SHARE = 20 / 28
"""Longest side of MNIST's digits, in shares of the image's side."""
PEN_WIDTH = 2.4 / 28
"""Mean width of MNIST's strokes, in shares of the image's side, measured as `pen_width` does on 1,500 digits."""
PEN_RANGE = (1.6 / 28, 4.0 / 28)
"""Widths between which nearly all of MNIST's digits lie."""
_SMALL_PEN_WIDTH = 1.3 / 8
_SMALL_PEN_RANGE = (0.75 / 8, 2.2 / 8)
_FINE_BOX = 160
"""Longest side in pixels at which strokes are thickened: eight to one of MNIST's 20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A digit in its final form."""

    image: NDArray[np.uint8]
    """(H, W), 0 to 255, light on black."""
    found_width: float
    """Width of the strokes before they were changed, in pixels of the image."""
    final_width: float
    """The same, afterwards."""
    is_changed: bool
    """Whether the strokes' width was changed."""
    box: int
    """Longest side of the digit in pixels of the image."""
    by_mass: bool
    """Whether its centre of mass, rather than its box, lies in the middle."""
    fine: Grey
    """The digit alone, in [0, 1], its longest side about 160 pixels."""


def draw_strokes(cover: Grey, height: int, width: int, *, tilt: float, normalise: bool | None) -> Drawn:
    """Draw ink into an image of a given size.

    Args:
        cover: (H', W'), float32, in [0, 1], 1 where the pen wrote; not empty.
        height: H of the image.
        width: W of the image.
        tilt: Degrees clockwise by which the ink is turned, which is undone.
        normalise: Whether to give strokes the data set's mean width; None only where they are thinner or thicker than
            nearly all of its digits'.
    """
    from scipy import ndimage

    side = min(height, width)
    is_small = side <= SMALL_SIDE
    box = side if is_small else round(BOX_SHARE * side)
    step = max(1, math.ceil(_FINE_BOX / box))  # fine pixels to one of the image
    fine = _fit(_straighten(cover, tilt), box * step)
    strokes = ndimage.gaussian_filter(fine, 0.15 * step) >= 0.5
    found = pen_width(strokes) / step
    target = (_SMALL_PEN_WIDTH if is_small else PEN_WIDTH) * side
    low, high = (share * side for share in (_SMALL_PEN_RANGE if is_small else PEN_RANGE))
    is_changed = normalise or (normalise is None and not low <= found <= high)
    if is_changed:
        for _ in range(2):  # changing the width changes the size, which is then put right, which changes the width
            change = (target * step - pen_width(strokes)) / 2
            strokes = _fit(_change_width(strokes, change, target * step / 2).astype(np.float32), box * step) >= 0.5
        fine = strokes.astype(np.float32)
    image = _place(fine, height, width, step, by_mass=not is_small)
    return Drawn(
        image=image, found_width=found, final_width=pen_width(strokes) / step if is_changed else found,
        is_changed=is_changed, box=box, by_mass=not is_small, fine=fine,
    )  # fmt: skip


def pen_width(strokes: NDArray[np.bool_]) -> float:
    """Return the width in pixels of the strokes of a mask: twice the median distance of their centre line from paper.

    0 where there are none.
    """
    from scipy import ndimage
    from skimage.morphology import skeletonize

    centre_line = skeletonize(strokes)
    if not centre_line.any():
        return 0.0
    return 2 * float(np.median(ndimage.distance_transform_edt(np.pad(strokes, 1))[1:-1, 1:-1][centre_line]))


def _change_width(strokes: NDArray[np.bool_], change: float, half_width: float) -> NDArray[np.bool_]:
    """Move the strokes' outline outwards, or inwards where `change` is negative, without breaking a stroke.

    Returns:
        A mask with a margin of `change` pixels.
    """
    from scipy import ndimage
    from skimage.morphology import skeletonize

    margin = math.ceil(max(change, half_width, 0)) + 2
    padded = np.pad(strokes, margin)
    if change >= 0:
        grown: NDArray[np.bool_] = ndimage.distance_transform_edt(~padded) <= change
        return grown
    inside = ndimage.distance_transform_edt(padded)
    along_line = ndimage.distance_transform_edt(~skeletonize(padded)) <= half_width
    thinned: NDArray[np.bool_] = (inside > -change) | (along_line & padded)
    return thinned


def _straighten(cover: Grey, tilt: float) -> Grey:
    if abs(tilt) < 0.05:
        return cover
    turned = Image.fromarray(cover).rotate(tilt, Image.Resampling.BICUBIC, expand=True)
    return np.clip(np.asarray(turned, np.float32), 0, 1)


def _fit(cover: Grey, longest: int) -> Grey:
    """Crop to the ink and resize so that its longest side has `longest` pixels."""
    solid = cover >= 0.5
    if not solid.any():
        solid = cover >= cover.max()
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    share = longest / max(bottom - top, right - left)
    size = (max(1, round((right - left) * share)), max(1, round((bottom - top) * share)))
    crop = Image.fromarray(np.ascontiguousarray(cover[top:bottom, left:right]))
    return np.clip(np.asarray(crop.resize(size, Image.Resampling.BICUBIC), np.float32), 0, 1)


def _place(fine: Grey, height: int, width: int, step: int, *, by_mass: bool) -> NDArray[np.uint8]:
    """Average the fine digit over the image's pixels, its centre of mass, or else its box, in the middle.

    By mass, the digit's upper left corner falls on the corner of a pixel, as in MNIST, whose digits were shifted by
    whole pixels.
    """
    high, wide = fine.shape
    if by_mass:
        from scipy import ndimage

        centre = ndimage.center_of_mass(fine)
        # Half a pixel beyond the middle: the pixel with index 14 of 28 is where MNIST's centres of mass lie.
        top, left = (
            step * round((size + 1) / 2 - (part + 0.5) / step)
            for size, part in zip((height, width), centre, strict=True)
        )
    else:
        top, left = (height * step - high) // 2, (width * step - wide) // 2
    top, left = min(max(top, 0), height * step - high), min(max(left, 0), width * step - wide)
    canvas = np.zeros((height * step, width * step), np.float32)
    canvas[top : top + high, left : left + wide] = fine
    pixels = canvas.reshape(height, step, width, step).mean(axis=(1, 3))
    levels: NDArray[np.uint8] = np.rint(255 * np.clip(pixels, 0, 1)).astype(np.uint8)
    return levels
