"""From a photograph to an image that a network takes: cut out the middle, mirror, resize.

Source: S2 (R. Grabovac), section 4.1, Figure 4.2: 178 x 218 pixels, the central 148 x 148, mirrored at random, 64 x 64.
With these settings the result is that of `aeviz.data.faces.read_face`, which makes the faces for training.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from aeviz.language import mark

CROP_SHARE = 148 / 178
"""Side of the central square over the shorter side of the photograph."""
INTERPOLATIONS = {
    mark("bilinear, antialiased"): Image.Resampling.BILINEAR,
    mark("bilinear, not antialiased"): None,
    mark("nearest pixel"): Image.Resampling.NEAREST,
    mark("box (mean)"): Image.Resampling.BOX,
    mark("bicubic, antialiased"): Image.Resampling.BICUBIC,
    mark("Lanczos"): Image.Resampling.LANCZOS,
}
"""Filters of Pillow by name; the first is that of S2 and of torchvision's Resize. None looks at four pixels alone,
however many an output pixel covers, as torch.nn.functional.interpolate does by default."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceSteps:
    """The pictures of the steps, each (h, w, 3), uint8."""

    original: np.ndarray
    cut: np.ndarray
    """The original itself where nothing is cut out."""
    mirrored: np.ndarray
    """`cut` where nothing is mirrored."""
    resized: np.ndarray
    box: tuple[int, int, int, int]
    """Left, top, right and bottom edge of what is cut out, in pixels of the original."""


def prepare_face(image: np.ndarray, *, crop: bool, mirror: bool, side: int, interpolation: str) -> FaceSteps:
    """Prepare a photograph step by step.

    Args:
        image: (H, W, 3), uint8.
        crop: Whether to cut out the central square; without, the whole image becomes a square and its shape is lost.
        mirror: Whether to exchange left and right.
        side: Of the result, in pixels.
        interpolation: A name of `INTERPOLATIONS`.
    """
    height, width = image.shape[:2]
    box = (0, 0, width, height)
    if crop:
        length = round(CROP_SHARE * min(height, width))
        left, top = round((width - length) / 2), round((height - length) / 2)
        box = (left, top, left + length, top + length)
    cut = image[box[1] : box[3], box[0] : box[2]]
    mirrored = cut[:, ::-1] if mirror else cut
    resized = _resize(np.ascontiguousarray(mirrored), side, interpolation)
    return FaceSteps(original=image, cut=cut, mirrored=mirrored, resized=resized, box=box)


def _resize(image: np.ndarray, side: int, interpolation: str) -> np.ndarray:
    picture, kind = Image.fromarray(image), INTERPOLATIONS[interpolation]
    if kind is not None:
        return np.asarray(picture.resize((side, side), kind))
    height, width = image.shape[:2]
    rows, columns = (_neighbours(length, side) for length in (height, width))
    lines = image[rows[0]] * (1 - rows[2])[:, None, None] + image[rows[1]] * rows[2][:, None, None]
    found = lines[:, columns[0]] * (1 - columns[2])[:, None] + lines[:, columns[1]] * columns[2][:, None]
    return np.asarray(np.rint(found), np.uint8)


def _neighbours(length: int, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pixels before and after each place that is asked for, and the share of the one after."""
    at = np.clip((np.arange(side) + 0.5) * length / side - 0.5, 0, length - 1)
    before = np.floor(at).astype(np.int64)
    return before, np.minimum(before + 1, length - 1), at - before
