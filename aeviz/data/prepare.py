"""From an image that somebody uploads or draws to one that a model takes.

Every decision is described in words with its reason, and can be overridden.
"""

import dataclasses
import math
import numbers
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aeviz.data.image_files import MAX_BYTES, MAX_PIXELS, WORKING_SIDE, Upload, read_upload
from aeviz.data.ink import Ink, find_ink
from aeviz.data.paper import Grey
from aeviz.data.strokes import draw_strokes
from aeviz.errors import DataError

__all__ = ["MAX_BYTES", "MAX_PIXELS", "PrepareOptions", "Prepared", "prepare_image"]

Framing = Literal["auto", "ink", "whole"]
Choice = Literal["auto", "yes", "no"]

LARGEST_TILT = 45.0
"""Degrees."""
STAGE_SIDE = 320
"""Longest side in pixels of the images of stages."""
_SMALLEST_CROP = 0.01
"""Of the image's width and height."""
_STEADIEST_TILT = 20.0
"""Degrees. Lines that are turned further are the edges of something, or the paper was turned on purpose."""
_LEAST_TILT = 1.0
"""Degrees; less cannot be seen in the image."""
_EVEN_GRAIN = 0.035
"""Absorbance. Ground with more grain is a scene, not paper: photographs of paper have 0.007 to 0.020, of faces 0.04 to
0.27."""
_LIGHT_GROUND = 160
"""Median grey level of an image's border from which its ground is light."""
_EVEN_GROUND = 40
"""Grey levels between the border's quartiles up to which it is one ground and not a scene."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareOptions:
    """How to prepare an image. Whatever is "auto" or None is decided from the image itself.

    Raises:
        DataError: A value is out of its range.
    """

    turn: int = 0
    """Degrees clockwise by which to turn the image, after the camera's orientation: 0, 90, 180 or 270."""
    crop: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom edge of the part to use, as shares of the turned image, 0 to 1; None for all."""
    framing: Framing = "auto"
    """ink: find the strokes and give them size and place as in MNIST; whole: the largest centred part of the shape."""
    invert: Choice = "auto"
    """Whether to exchange light and dark, so that dark ink becomes light on black."""
    tilt: float | None = None
    """Degrees clockwise by which the ink is turned, -45 to 45, which is undone; only with framing ink."""
    pen: Choice = "auto"
    """Whether to give strokes the width that MNIST's have; auto: where they are thinner or thicker than most of its."""

    def __post_init__(self) -> None:
        problems = []
        if not _is_number(self.turn) or self.turn not in (0, 90, 180, 270):
            problems.append(f"turn={self.turn!r}; expected 0, 90, 180 or 270 degrees clockwise")
        if self.crop is not None and not _is_crop(self.crop):
            problems.append(
                f"crop={self.crop!r}; expected left, top, right, bottom as shares from 0 to 1, at least "
                f"{_SMALLEST_CROP} apart, for example (0.2, 0.1, 0.8, 0.9)"
            )
        if self.tilt is not None and not (_is_number(self.tilt) and abs(self.tilt) <= LARGEST_TILT):
            problems.append(f"tilt={self.tilt!r}; expected -{LARGEST_TILT:.0f} to {LARGEST_TILT:.0f} degrees, or None")
        for name, choices in (("framing", Framing), ("invert", Choice), ("pen", Choice)):
            value = getattr(self, name)
            if not isinstance(value, str) or value not in get_args(choices):
                problems.append(f"{name}={value!r}; expected one of {', '.join(map(repr, get_args(choices)))}")
        if problems:
            raise DataError(f"the image cannot be prepared with {'; '.join(problems)}")


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)


def _is_crop(crop: object) -> bool:
    if not isinstance(crop, tuple | list) or len(crop) != 4 or not all(map(_is_number, crop)):
        return False
    left, top, right, bottom = crop
    is_inside = min(left, top) >= 0 and max(right, bottom) <= 1
    return bool(is_inside and min(right - left, bottom - top) >= _SMALLEST_CROP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An image for a model, and how it came about."""

    image: NDArray[np.uint8]
    """(C, H, W), uint8, 0 to 255, contiguous."""
    steps: list[str]
    """Every decision in words for a visitor, with its reason."""
    stages: tuple[tuple[str, NDArray[np.uint8]], ...]
    """Title and result of each stage before `image`: (h, w, 3), uint8, longest side at most 320 pixels."""
    options: PrepareOptions
    """The options with every auto replaced by what was chosen; preparing with them gives the same image."""
    box: tuple[float, float, float, float] | None
    """Where the ink was found, as `PrepareOptions.crop`; None with framing whole."""


@dataclass(slots=True)
class _Report:
    steps: list[str]
    stages: list[tuple[str, NDArray[np.uint8]]]
    has_stages: bool

    def show(self, title: str, values: NDArray[np.uint8] | Grey) -> None:
        """Add a stage, where these are wanted: uint8 (h, w) or (h, w, 3), or floats in [0, 1]."""
        if not self.has_stages:
            return
        levels = values if values.dtype == np.uint8 else np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8)
        image = Image.fromarray(levels)
        share = STAGE_SIDE / max(image.size)
        if share < 1:
            size = (max(1, int(image.width * share)), max(1, int(image.height * share)))
            image = image.resize(size, Image.Resampling.BOX)
        self.stages.append((title, np.array(image.convert("RGB"))))

    def show_absorbance(self, title: str, absorbance: Grey) -> None:
        """Add a stage that shows an absorbance as grey again, as light on even paper would leave it."""
        if self.has_stages:
            self.show(title, np.exp(-2 * np.clip(absorbance, 0, None)))


def prepare_image(
    data: bytes,
    shape: tuple[int, int, int],
    *,
    options: PrepareOptions | None = None,
    with_stages: bool = True,
) -> Prepared:
    """Turn an uploaded image into one that a model takes.

    An image that already has the model's size and a black ground is taken as it is, pixel for pixel. For grey models,
    an image of ink on a ground is brought to the form of MNIST's digits (see `aeviz.data.strokes`); any other image
    is cropped and resized as a whole. Pure: the same bytes and options give the same result.

    Args:
        data: A PNG, JPEG, BMP, GIF, WebP, TIFF or PPM/PGM file, at most 20 MB and 50 million pixels.
        shape: (C, H, W) of the image that is wanted, C = 1 or 3.
        options: What not to decide by itself; by default nothing.
        with_stages: Whether the result shows its stages.

    Raises:
        DataError: The file is no image, damaged or too large, or no model takes images of this shape.
    """
    options = PrepareOptions() if options is None else options
    channels, height, width = shape
    if channels not in (1, 3) or min(height, width) < 1:
        raise DataError(
            f"cannot prepare an image of shape {shape}; expected (C, H, W) with C = 1 or 3 and sides from 1"
        )
    upload = read_upload(data, side=2 * max(height, width))
    report = _Report([_describe(upload)], [], with_stages)
    original = _cut(_turn(upload.image, options.turn, report), upload, options, report)
    report.show("Selected part", np.asarray(original))

    grey = original.convert("L")
    if original.size == (width, height) and options.framing != "ink" and options.turn == 0:
        image, chosen = _keep(original, grey, channels, options, report)
        return _finish(image, chosen, None, report)
    ink = None
    if channels == 1 and options.framing != "whole":
        ink, chosen = _look_for_ink(grey, options, report)
    if ink is None:
        image, chosen = _frame_whole(original, grey, _selected_size(upload, options), shape, options, report)
        return _finish(image, chosen, None, report)
    image, chosen = _frame_ink(ink, _selected_size(upload, options), height, width, chosen, report)
    return _finish(image, chosen, _whole_box(ink.box, ink.cover.shape, options.crop), report)


def _describe(upload: Upload) -> str:
    return f"read a {upload.format} image of {upload.width:,} x {upload.height:,} pixels" + "".join(
        f"; {note}" for note in upload.notes
    )


def _turn(original: Image.Image, turn: int, report: _Report) -> Image.Image:
    if turn == 0:
        return original
    report.steps.append(f"turned by {turn}° clockwise, as you chose")
    transposes = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return original.transpose(transposes[turn])


def _cut(original: Image.Image, upload: Upload, options: PrepareOptions, report: _Report) -> Image.Image:
    if options.crop is None:
        return original
    left, top, right, bottom = options.crop
    x = (int(left * original.width), max(int(left * original.width) + 1, round(right * original.width)))
    y = (int(top * original.height), max(int(top * original.height) + 1, round(bottom * original.height)))
    cut, whole = _selected_size(upload, options), _selected_size(upload, dataclasses.replace(options, crop=None))
    report.steps.append("cropped to {:,} x {:,} of {:,} x {:,} pixels, as you chose".format(*cut, *whole))
    return original.crop((x[0], y[0], x[1], y[1]))


def _selected_size(upload: Upload, options: PrepareOptions) -> tuple[int, int]:
    """Return width and height of the selected part, in pixels of the file's image."""
    width, height = (upload.width, upload.height)[:: -1 if options.turn in (90, 270) else 1]
    left, top, right, bottom = options.crop or (0.0, 0.0, 1.0, 1.0)
    return max(1, round((right - left) * width)), max(1, round((bottom - top) * height))


def _border(grey: Image.Image) -> NDArray[np.uint8]:
    levels = np.asarray(grey)
    return np.concatenate([levels[0], levels[-1], levels[:, 0], levels[:, -1]])


def _keep(
    original: Image.Image, grey: Image.Image, channels: int, options: PrepareOptions, report: _Report
) -> tuple[NDArray[np.uint8], PrepareOptions]:
    """Take an image of the right size as it is, but for exchanging light and dark."""
    ground = float(np.median(_border(grey)))
    invert = options.invert == "yes" or (options.invert == "auto" and channels == 1 and ground >= _LIGHT_GROUND)
    if invert and options.invert == "auto":
        reason = f": its border is light ({ground:.0f} of 255), and the model's images are light on black"
    else:
        reason = ", as you chose" if invert else ""
    size = f"{original.width} x {original.height}"
    report.steps.append(f"has the {size} pixels that the model takes: not cropped further, not resized")
    if invert:
        report.steps.append("inverted" + reason)
    image = _channels_first(grey if channels == 1 else original.convert("RGB"))
    chosen = dataclasses.replace(options, framing="whole", invert="yes" if invert else "no")
    return 255 - image if invert else image, _settle(chosen)


def _look_for_ink(grey: Image.Image, options: PrepareOptions, report: _Report) -> tuple[Ink | None, PrepareOptions]:
    """Find ink; where the image does not look like ink on a ground, add the reason to the report."""
    if min(grey.size) < 3:
        report.steps.append(f"too small to find ink in: {grey.width} x {grey.height} pixels")
        return None, options
    small = grey.copy()
    small.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.LANCZOS, reducing_gap=3)
    if min(small.size) < 3:
        small = grey.resize((max(3, small.width), max(3, small.height)), Image.Resampling.BOX)
    levels = np.asarray(small, np.float32) / np.float32(255)
    ink = find_ink(levels, is_dark=None if options.invert == "auto" else options.invert == "yes")
    is_dark = ink.is_dark
    if options.framing == "auto" and ink.grain > _EVEN_GRAIN:
        report.steps.append(
            f"taken as a whole: it does not look like ink on an even ground (grain {ink.grain:.3f}; of paper it is "
            f"below {_EVEN_GRAIN})"
        )
        return None, options
    if ink.is_blank:
        report.steps.append("found no ink: the image looks blank, or its marks are too faint or touch its border")
        return None, options
    tone = "darker" if is_dark else "lighter"
    if options.invert != "auto":
        report.steps.append(f"looked for ink that is {tone} than the paper, as you chose")
    elif is_dark:
        report.steps.append("inverted: the ink is darker than the paper, and this model's images are light on black")
    else:
        report.steps.append("not inverted: the ink is lighter than its ground, as in this model's training images")
    return ink, dataclasses.replace(options, framing="ink", invert="yes" if is_dark else "no")


def _frame_ink(
    ink: Ink, size: tuple[int, int], height: int, width: int, options: PrepareOptions, report: _Report
) -> tuple[NDArray[np.uint8], PrepareOptions]:
    """Bring ink, found in an image of `size` pixels, width and height, to the form of MNIST's digits."""
    left, top, right, bottom = ink.box
    zoom = max(size) / max(ink.cover.shape)
    if not ink.is_drawn:
        report.steps.append("corrected the lighting: each pixel is compared with the paper around it")
        report.show_absorbance("Lighting corrected", ink.absorbance)
    if ink.n_lines:
        lines = "a straight line that runs" if ink.n_lines == 1 else f"{ink.n_lines} straight lines that run"
        report.steps.append(f"took away {lines} through the image, printed or an edge")
        report.show_absorbance("Ruled lines removed", ink.without_lines)
    parts = "one connected part" if ink.n_parts == 1 else f"{ink.n_parts} parts close together"
    dropped = f"; left out {ink.n_dropped:,} other marks (specks, edges, other writing)" if ink.n_dropped else ""
    report.steps.append(f"kept the ink of {parts}{dropped}")
    report.show("Ink that was kept", ink.cover)
    report.steps.append(
        f"cropped to the ink: {(right - left) * zoom:,.0f} x {(bottom - top) * zoom:,.0f} of {size[0]:,} x {size[1]:,} "
        "pixels"
    )
    if options.tilt is not None:
        tilt = options.tilt
        if tilt:
            report.steps.append(f"straightened by {abs(tilt):.1f}°, as you chose")
    elif ink.tilt is not None and _LEAST_TILT <= abs(ink.tilt) <= _STEADIEST_TILT:
        tilt = ink.tilt
        report.steps.append(f"straightened by {abs(tilt):.1f}°: that is how far the paper's lines are turned")
    else:
        tilt = 0.0
    margin = 3  # soft edges
    drawn = draw_strokes(
        ink.cover[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin],
        height,
        width,
        tilt=tilt,
        normalise=None if options.pen == "auto" else options.pen == "yes",
    )
    changed = drawn.is_changed
    if changed:
        word = "thickened" if drawn.final_width > drawn.found_width else "thinned"
        report.steps.append(
            f"{word} the strokes from {drawn.found_width:.1f} to {drawn.final_width:.1f} pixels of the image, "
            "the usual width in this model's training images" + (", as you chose" if options.pen == "yes" else "")
        )
        report.show(f"Strokes {word}", drawn.fine)
    report.steps.append(
        f"scaled to a box of {drawn.box} pixels and put into the middle of {width} x {height}"
        + (" by its centre of mass, as MNIST's digits were" if drawn.by_mass else ", which it fills")
    )
    chosen = dataclasses.replace(options, tilt=tilt, pen="yes" if changed else "no")
    return drawn.image[np.newaxis], chosen


def _frame_whole(
    original: Image.Image,
    grey: Image.Image,
    size: tuple[int, int],
    shape: tuple[int, int, int],
    options: PrepareOptions,
    report: _Report,
) -> tuple[NDArray[np.uint8], PrepareOptions]:
    """Crop to the shape's aspect ratio around the middle, and resize; `size` is the image's before decoding."""
    channels, height, width = shape
    border = _border(grey)
    low, ground, high = (float(value) for value in np.quantile(border, (0.25, 0.5, 0.75)))
    is_light = ground >= _LIGHT_GROUND and high - low <= _EVEN_GROUND
    invert = options.invert == "yes" or (options.invert == "auto" and channels == 1 and is_light)
    source = grey if channels == 1 else original.convert("RGB")
    share = min(source.width / width, source.height / height)
    wide, high_px = max(1, round(width * share)), max(1, round(height * share))
    left, top, zoom = (source.width - wide) // 2, (source.height - high_px) // 2, max(size) / max(source.size)
    if (wide, high_px) != source.size:
        report.steps.append(
            f"cut out the middle, {wide * zoom:,.0f} x {high_px * zoom:,.0f} of {size[0]:,} x {size[1]:,} pixels, the "
            "shape that the model takes"
        )
    square = source.crop((left, top, left + wide, top + high_px))
    report.show("Middle", np.asarray(square))
    image = _channels_first(square.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3))
    report.steps.append(f"resized to {width} x {height} pixels (Lanczos)" + (", in grey" if channels == 1 else ""))
    if invert:
        why = (
            "as you chose"
            if options.invert == "yes"
            else "its border is light, and this model's training images are light on black"
        )
        report.steps.append(f"inverted: {why}")
        image = 255 - image
    return image, _settle(dataclasses.replace(options, framing="whole", invert="yes" if invert else "no"))


def _settle(options: PrepareOptions) -> PrepareOptions:
    """Replace what framing whole does not use by what does nothing."""
    return dataclasses.replace(
        options, tilt=0.0 if options.tilt is None else options.tilt, pen="no" if options.pen == "auto" else options.pen
    )


def _whole_box(
    box: tuple[int, int, int, int], shape: tuple[int, ...], crop: tuple[float, float, float, float] | None
) -> tuple[float, float, float, float]:
    """Return a box in pixels of the selected part as shares of the turned image."""
    left, top, right, bottom = (0.0, 0.0, 1.0, 1.0) if crop is None else crop
    x, y = (right - left) / shape[1], (bottom - top) / shape[0]
    return left + box[0] * x, top + box[1] * y, left + box[2] * x, top + box[3] * y


def _channels_first(original: Image.Image) -> NDArray[np.uint8]:
    levels = np.asarray(original)
    return levels[np.newaxis] if levels.ndim == 2 else np.moveaxis(levels, 2, 0)


def _finish(
    image: NDArray[np.uint8], options: PrepareOptions, box: tuple[float, float, float, float] | None, report: _Report
) -> Prepared:
    image = np.array(image, order="C")
    return Prepared(image=image, steps=report.steps, stages=tuple(report.stages), options=options, box=box)
