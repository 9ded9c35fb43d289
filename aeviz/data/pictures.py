"""One picture file to pixels, with Pillow.

Orientation: a camera's EXIF orientation is applied. Animated or multi-page files: the first picture. Transparency: laid
over white. 16-bit grey: scaled to 8 bits. Colour profiles are ignored.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from aeviz.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
"""Endings of file names, in lower case, that count as pictures."""
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
_GREY_MODES = ("1", "L", "LA", "I;16", "I;16B", "I;16L", "I;16N")
_UNSCALED_MODES = ("I", "F")
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
"""What Pillow's decoders raise on damaged files; no base class covers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureHeader:
    """What a picture's file says before its pixels are decoded."""

    width: int
    """In pixels, after the EXIF orientation."""
    height: int
    is_grey: bool
    """Whether the file stores grey values, not whether its colours happen to be grey."""


def read_header(path: Path) -> PictureHeader:
    """Read a picture's size and kind without decoding it.

    Raises:
        DataError: The file is no picture or damaged, has too many pixels, or grey values of unknown range.
    """
    with _opened(path) as image:
        width, height = image.size
        # PngImageFile.getexif decodes the pixels to look for a chunk behind them; writers put it before.
        has_exif = image.format != "PNG" or "exif" in image.info
        # Pillow has already turned a TIFF's size.
        if has_exif and image.format != "TIFF" and image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8):
            width, height = height, width
        return PictureHeader(width=width, height=height, is_grey=_is_grey(image))


def read_pixels(path: Path, *, is_grey: bool, side: int | None) -> NDArray[np.uint8]:
    """Decode a picture.

    Args:
        path: The file.
        is_grey: Whether to return one channel (luma, ITU-R 601-2) rather than red, green and blue.
        side: If given, the largest centred square is cut out and resized to side x side pixels with Lanczos's filter,
            which averages over all pixels when it makes a picture smaller.

    Returns:
        (C, H, W), uint8, 0 to 255, with C = 1 or 3.

    Raises:
        DataError: The file is no picture or damaged, has too many pixels, or grey values of unknown range.
    """
    with _opened(path) as image:
        flat = _flatten(ImageOps.exif_transpose(image)).convert("L" if is_grey else "RGB")
        if side is not None:
            edge = min(flat.size)
            left, top = (flat.width - edge) // 2, (flat.height - edge) // 2
            square = flat.crop((left, top, left + edge, top + edge))
            flat = square.resize((side, side), Image.Resampling.LANCZOS)
        pixels = np.asarray(flat)  # (H, W) or (H, W, 3)
    return pixels[np.newaxis] if is_grey else np.moveaxis(pixels, 2, 0)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    remedy = "remove it from the folder or save it again"
    limit = Image.MAX_IMAGE_PIXELS
    try:
        # Not by name: Pillow maps an uncompressed TIFF opened by name into memory, and garbles it if its orientation
        # swaps the axes (seen in 13.0).
        with path.open("rb") as stream, Image.open(stream, formats=_FORMATS) as image:
            if limit is not None and image.width * image.height > limit:
                raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
            if image.mode in _UNSCALED_MODES:
                raise DataError(
                    f"picture {path} has 32-bit grey values (mode {image.mode!r}), whose range is unknown; expected 8 "
                    f"or 16 bits; convert it, or remove it from the folder"
                )
            yield image
    except DataError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise DataError(f"picture {path} is too large: {exc}; expected at most {limit:,} pixels; {remedy}") from exc
    except UnidentifiedImageError as exc:
        kinds = ", ".join(_FORMATS)
        raise DataError(f"picture {path} is of no known kind or damaged; expected {kinds}; {remedy}") from exc
    except _DECODE_ERRORS as exc:
        raise DataError(f"picture {path} cannot be read: {exc}; expected a complete picture; {remedy}") from exc


def _is_grey(image: Image.Image) -> bool:
    if image.mode == "P":
        colours = image.getpalette("RGB") or []  # decodes the pixels, but palettes are rare
        return colours[0::3] == colours[1::3] == colours[2::3]
    return image.mode in _GREY_MODES


def _flatten(image: Image.Image) -> Image.Image:
    """Return the picture with 8 bits a channel and nothing transparent; grey stays exactly grey."""
    if image.mode.startswith("I;16"):
        return Image.fromarray(np.rint(np.asarray(image) / 257).astype(np.uint8))  # 65535 / 255 = 257
    if image.has_transparency_data:
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image
