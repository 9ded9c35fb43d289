"""One image, a file on disk or an upload, to pixels, with Pillow.

Orientation: a camera's EXIF orientation is applied. Animated or multi-page files: the first image. Transparency: laid
over white. 16-bit grey: scaled to 8 bits. Colour profiles are ignored. Content decides what a file is, not its name.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from aeviz.data.names import printable
from aeviz.errors import DataError, reason_of

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".pbm", ".pnm")
"""Endings of file names, in lower case, that count as images."""
MAX_BYTES = 20_000_000
"""Largest upload; photographs of telephones have 2 to 12 MB."""
MAX_PIXELS = 50_000_000
"""Most pixels of an upload: telephones take 12 to 50 megapixels; decoded, these are 150 MB."""
WORKING_SIDE = 1000
"""Longest side in pixels at which an upload is looked at."""
MAX_SIDE = 65_535
"""Longest side in pixels, which is a JPEG's limit too; a strip of 50,000,000 x 1 pixels would take half a minute."""
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""As Pillow calls them; its PPM is PGM, PBM and PNM too."""
_GREY_MODES = ("1", "L", "LA", "I;16", "I;16B", "I;16L", "I;16N")
_LIGHT = 200
"""Mean grey level from which a partly transparent image would not be seen on white."""
_WHY_BLACK = ", since all that can be seen is light and white would hide it"
_ORIENTATIONS = {
    2: "mirrored left to right",
    3: "turned by 180°",
    4: "mirrored top to bottom",
    5: "mirrored and turned by 90°",
    6: "turned by 90° clockwise",
    7: "mirrored and turned by 90°",
    8: "turned by 90° counter-clockwise",
}
"""How each EXIF orientation is undone."""
_DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""Exceptions that Pillow's decoders raise on damaged files; no base class covers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageHeader:
    """Size and kind of an image, known before its pixels are decoded."""

    width: int
    """In pixels, after the EXIF orientation."""
    height: int
    is_grey: bool
    """Whether the file stores grey values, not whether its colours happen to be grey."""
    is_deep: bool
    """Whether its grey values have 16 bits."""


def read_header(path: Path | bytes) -> ImageHeader:
    """Read an image's size and kind without decoding it.

    Raises:
        DataError: The file is no image or damaged, has too many pixels, or grey values of unknown range.
    """
    with _opened(path) as image:
        width, height = image.size
        # Pillow has already turned a TIFF's size.
        if (
            _has_exif(image)
            and image.format != "TIFF"
            and image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
        ):
            width, height = height, width
        return ImageHeader(width=width, height=height, is_grey=_is_grey(image), is_deep=_is_deep(image))


def read_depth(path: Path | bytes) -> int:
    """Return how many bits the largest of an image's 16-bit grey values takes: 10, 12, 14 or 16.

    Cameras and scanners keep 12 bits in files of 16; taken for 16 bits, their images would be all but black.

    Raises:
        DataError: The file cannot be decoded.
    """
    with _opened(path) as image:
        return _depth(image)


def read_pixels(path: Path | bytes, *, is_grey: bool, side: int | None, depth: int = 16) -> NDArray[np.uint8]:
    """Decode an image.

    Args:
        path: The file, or its content.
        is_grey: Whether to return one channel (luma, ITU-R 601-2) rather than red, green and blue.
        side: If given, the largest centred square is cut out and resized to side x side pixels with Lanczos's filter,
            which averages over all pixels when it makes an image smaller.
        depth: Bits that 16-bit grey values use, as `read_depth` finds; the largest value of so many becomes 255.

    Returns:
        (C, H, W), uint8, 0 to 255, with C = 1 or 3.

    Raises:
        DataError: The file is no image or damaged, has too many pixels, or grey values of unknown range.
    """
    with _opened(path) as image:
        flat = _flatten(ImageOps.exif_transpose(image), depth).convert("L" if is_grey else "RGB")
        if side is not None:
            edge = min(flat.size)
            left, top = (flat.width - edge) // 2, (flat.height - edge) // 2
            square = flat.crop((left, top, left + edge, top + edge))
            flat = square.resize((side, side), Image.Resampling.LANCZOS)
        pixels = np.asarray(flat)  # (H, W) or (H, W, 3)
    return pixels[np.newaxis] if is_grey else np.moveaxis(pixels, 2, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A decoded upload."""

    image: Image.Image
    """Upright, mode L or RGB, nothing transparent; possibly smaller than the file's image."""
    width: int
    """Of the file's image, upright, in pixels."""
    height: int
    format: str
    """PNG, JPEG, ..."""
    notes: list[str]
    """How the image was changed, in words for a visitor."""


def read_upload(data: bytes, *, side: int) -> Upload:
    """Decode an image that somebody sent.

    A JPEG is decoded at a half, a quarter or an eighth of its size where that leaves enough pixels, which takes a third
    of the time and a sixteenth of the memory for 12 megapixels.

    Args:
        data: The file's bytes.
        side: Pixels that each side must keep at least, if the file has as many; the longer side keeps 1,000.

    Raises:
        DataError: The data are empty, longer than `MAX_BYTES`, no image or damaged, or have more than `MAX_PIXELS`
            pixels, which is found out before any is decoded.
    """
    if len(data) > MAX_BYTES:
        raise DataError(
            f"the image has {len(data) / 1e6:,.1f} MB; expected at most {MAX_BYTES / 1e6:.0f} MB; save it smaller, "
            "for example as a JPEG, and upload that"
        )
    if not data:
        raise DataError("the file is empty (0 bytes); expected an image; check that it was copied completely")
    notes = []
    with _opened(data) as image:
        kind, size = image.format or "", image.size
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1) if _has_exif(image) else 1
        if kind == "JPEG" or kind == "MPO":
            share = min(1.0, max(WORKING_SIDE / max(size), side / min(size)))
            image.draft(None, (max(1, int(size[0] * share)), max(1, int(size[1] * share))))
        elif getattr(image, "is_animated", False):
            notes.append("took the first image of several in the file (an animation or pages)")
        depth = 16
        if _is_deep(image):
            depth = _depth(image)
            used = f"; the values use {depth} of the 16, and those were stretched" if depth < 16 else ""
            notes.append(f"scaled 16-bit grey values to 8 bits{used}")
        if image.mode == "CMYK":
            notes.append("turned the printer's colours (CMYK) into red, green and blue")
        upright = ImageOps.exif_transpose(_smaller(image, side, depth))
        if orientation in _ORIENTATIONS:
            notes.append(f"{_ORIENTATIONS[orientation]} as the camera's EXIF orientation says")
        flat, ground = upright, "white"
        if upright.has_transparency_data and not _is_deep(upright):
            flat, ground = _lay_over(upright)
            if upright.convert("RGBA").getchannel("A").getextrema() != (
                255,
                255,
            ):  # an opaque image may have the channel too
                notes.append(f"laid transparent parts over {ground}" + _WHY_BLACK * (ground == "black"))
        flat = _flatten(flat, depth)
        is_grey = _is_grey(image) if image.mode != "P" else False
        flat = flat.convert("L" if is_grey and flat.mode in ("1", "L", "LA") else "RGB")
    if kind != "TIFF" and orientation in (5, 6, 7, 8):  # Pillow has already turned a TIFF's size
        size = (size[1], size[0])
    return Upload(image=flat, width=size[0], height=size[1], format=kind.replace("MPO", "JPEG"), notes=notes)


def _smaller(image: Image.Image, side: int, depth: int) -> Image.Image:
    """Return a large image in the size that is worked at, averaged, before copies of it are made.

    An image of 49 megapixels takes 200 MB as it is, and many times that in the arithmetic that follows.
    """
    factor = int(min(max(image.size) / WORKING_SIDE, min(image.size) / side))
    if factor < 2 or not (image.mode in ("L", "LA", "P", "RGB", "RGBA", "CMYK") or _is_deep(image)):
        return image
    size = (image.width // factor, image.height // factor)
    box = (0, 0, size[0] * factor, size[1] * factor)
    if _is_deep(image):
        blocks = np.asarray(image)[: box[3], : box[2]].reshape(size[1], factor, size[0], factor)
        small = Image.fromarray(_to_8_bits(blocks.mean(axis=(1, 3), dtype=np.float32), depth))
    elif image.mode == "P":
        small = image.convert("RGBA" if image.has_transparency_data else "RGB").resize(size, Image.Resampling.BOX, box)
    else:
        small = image.resize(size, Image.Resampling.BOX, box)
    small.info = image.info  # the camera's orientation is in it
    return small


def _lay_over(image: Image.Image) -> tuple[Image.Image, str]:
    """Lay an image over white, or over black if all that can be seen of it is so light that white would hide it."""
    rgba = image.convert("RGBA")
    alpha = np.asarray(rgba.getchannel("A"), np.float32)
    luma = np.asarray(rgba.convert("L"), np.float32)
    is_light = alpha.any() and float((luma * alpha).sum() / alpha.sum()) > _LIGHT and float(alpha.mean()) < 128
    ground = "black" if is_light else "white"
    return Image.alpha_composite(Image.new("RGBA", image.size, ground), rgba), ground


@contextmanager
def _opened(source: Path | bytes) -> Iterator[Image.Image]:
    if isinstance(source, bytes):
        what, remedy, limit = "the image", "save it again as PNG or JPEG and upload that", MAX_PIXELS
    else:
        what, remedy = f"image {printable(source)}", "remove it from the folder or save it again"
        limit = Image.MAX_IMAGE_PIXELS or MAX_PIXELS
    try:
        # Not by name: Pillow maps an uncompressed TIFF opened by name into memory, and garbles it if its orientation
        # swaps the axes (seen in 13.0).
        stream = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        with stream, Image.open(stream, formats=_FORMATS) as image:
            if image.width * image.height > limit:
                raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
            if max(image.size) > MAX_SIDE:
                raise DataError(
                    f"{what} has {image.width:,} x {image.height:,} pixels; expected sides of at most {MAX_SIDE:,}; "
                    f"cut it up, or {remedy}"
                )
            if image.mode == "F" or (image.mode == "I" and image.format != "PPM"):
                raise DataError(
                    f"{what} has 32-bit grey values (mode {image.mode!r}), whose range is unknown; expected 8 or 16 "
                    f"bits; convert it, or {remedy}"
                )
            yield image
    except DataError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise DataError(f"{what} is too large: {exc}; expected at most {limit:,} pixels; {remedy}") from exc
    except UnidentifiedImageError as exc:
        kinds = ", ".join((*_FORMATS[:-1], "PPM/PGM"))
        found = _recognise(source) if isinstance(source, bytes) else ""
        raise DataError(f"{what} is {found or 'of no known kind or damaged'}; expected {kinds}; {remedy}") from exc
    except _DECODE_ERRORS as exc:
        raise DataError(f"{what} cannot be read: {reason_of(exc)}; expected a complete image; {remedy}") from exc


def _recognise(data: bytes) -> str:
    """Name a common kind of file that cannot be read here; empty if it is none of them."""
    start = data[:256].lstrip().lower()
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        return "a HEIC file, which iPhones take when set to 'High Efficiency'"
    if data[4:8] == b"ftyp":
        return "a film or an AVIF file"
    if start.startswith(b"%pdf"):
        return "a PDF document"
    if start.startswith((b"<svg", b"<?xml", b"<!doctype", b"<html")):
        return "a text document (SVG or web page)"
    return ""


def _has_exif(image: Image.Image) -> bool:
    # PngImageFile.getexif decodes the pixels to look for a chunk behind them; writers put it before.
    return image.format != "PNG" or "exif" in image.info


def _is_deep(image: Image.Image) -> bool:
    # Pillow holds PGM files of more than 255 levels as 32-bit numbers from 0 to 65,535; `_opened` refuses all others.
    return image.mode.startswith("I;16") or image.mode == "I"


def _depth(image: Image.Image) -> int:
    largest = int(np.asarray(image).max())  # Pillow's getextrema does not know all of these modes
    return next(bits for bits in (10, 12, 14, 16) if largest < 1 << bits)


def _to_8_bits(values: NDArray[Any], depth: int) -> NDArray[np.uint8]:
    """Scale grey values of so many bits to 0..255."""
    scaled: NDArray[np.uint8] = np.rint(values * (255 / ((1 << depth) - 1))).astype(np.uint8)
    return scaled


def _is_grey(image: Image.Image) -> bool:
    if image.mode == "P":
        colours = image.getpalette("RGB") or []  # decodes the pixels, but palettes are rare
        return colours[0::3] == colours[1::3] == colours[2::3]
    return image.mode in _GREY_MODES or _is_deep(image)


def _flatten(image: Image.Image, depth: int) -> Image.Image:
    """Return the image with 8 bits a channel and nothing transparent; grey stays exactly grey."""
    if _is_deep(image):
        return Image.fromarray(_to_8_bits(np.asarray(image), depth))
    if image.has_transparency_data:
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image
