"""Bytes of an image against its squared error: latent numbers of a stated precision, JPEG and WebP.

Sources: S3 (S. Chaki), "Practical Example", which counts numbers, 784 : 32; G. K. Wallace, The JPEG still picture
compression standard, Communications of the ACM 34 (1991), with header and scan as ITU-T T.81, annex B has them;
J. Bankoski et al., VP8 data format and decoding guide, RFC 6386 (2011), section 9.1, which lossy WebP uses.

`tools/rate.py` measures whole test sets with these functions; `curves` reads what it wrote.
"""

import io
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from aeviz.paths import PROJECT_ROOT

PRECISIONS = {"float32": 4, "float16": 2, "8 bits": 1}
"""Bytes of a number by the name of its precision."""
LEVELS = 255
"""Steps between the ends of a range in 8 bits."""
QUALITIES = {"JPEG": (1, 5, 10, 20, 35, 50, 70, 85, 95), "WebP": (0, 5, 15, 30, 50, 70, 85, 95)}
"""Qualities that are measured, by format."""
WEBP_HEADER = 30
"""Bytes of a lossy WebP file before its data: 12 of RIFF, 8 of the chunk, 10 of the frame."""
_SCAN = b"\xff\xda"
"""JPEG marker "start of scan"."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Packed:
    """A compressed image."""

    n_bytes: int
    """Of the file."""
    body: int
    """Without the header, which is the same for all images of a size and quality."""
    image: np.ndarray
    """(H, W), uint8: the image that the file decodes to."""


def pack_image(image: np.ndarray, kind: str, quality: int) -> Packed:
    """Compress an image with loss and decode it again.

    JPEG has the standard's Huffman tables, so that its header depends on size and quality alone.

    Args:
        image: (H, W), uint8, grey.
        kind: "JPEG" or "WebP".
        quality: 0 to 100, as Pillow counts.
    """
    file = io.BytesIO()
    if kind == "JPEG":
        Image.fromarray(image).save(file, "JPEG", quality=quality, optimize=False)
    else:
        Image.fromarray(image).convert("RGB").save(file, "WEBP", quality=quality, method=6)
    content = file.getvalue()
    header = _jpeg_header(content) if kind == "JPEG" else WEBP_HEADER
    found = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
    return Packed(n_bytes=len(content), body=len(content) - header, image=found)


def _jpeg_header(content: bytes) -> int:
    """Return the bytes of a JPEG file before the data of its scan."""
    start = content.index(_SCAN)
    length = int.from_bytes(content[start + 2 : start + 4], "big")
    return start + 2 + length


def png_bytes(image: np.ndarray) -> int:
    """Return the bytes of a PNG file of an image, (H, W), uint8: it loses nothing."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    return len(file.getvalue())


def keep_numbers(values: np.ndarray, precision: str, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return numbers as they are after they were stored in a precision.

    Args:
        values: (N, D), float32.
        precision: A name of `PRECISIONS`.
        low: (D,), the least value of each dimension that 8 bits can hold; values below it become it.
        high: (D,), the largest likewise. Both ends belong to the decoder, not to an image.

    Returns:
        (N, D), float32.
    """
    if precision == "float32":
        return values.astype(np.float32)
    if precision == "float16":
        return values.astype(np.float16).astype(np.float32)
    step = np.where(high > low, high - low, 1) / LEVELS
    levels = np.clip(np.rint((values - low) / step), 0, LEVELS).astype(np.uint8)
    return np.asarray(low + levels * step, np.float32)


def mean_squared_error(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the mean squared error over the pixels of each image.

    Args:
        images: (N, ...), in [0, 1].
        others: The same; values out of [0, 1] count as 0 or 1, as a screen shows them.

    Returns:
        (N,), float64.
    """
    difference = np.clip(others, 0, 1).astype(np.float64) - images
    return np.asarray((difference**2).reshape(len(images), -1).mean(axis=1))


CURVES = PROJECT_ROOT / "checkpoints" / "rate.json"
"""What `tools/rate.py` measured on the test sets with the models that ship."""


@cache
def curves(path: Path = CURVES) -> dict[str, Any]:
    """Return what was measured, by data set.

    For each: `pixels` of an image; `images` counted; `png`, mean bytes; `latent`, a list with `method`, `model` (empty
    for PCA), `numbers` and `mse` by the order of PRECISIONS; `codes`, with `method`, `model`, `bytes` and `mse`;
    `files`, with `method`, `quality`, `bytes`, `body` and `mse`; `ranges` of the training images' numbers, by model.
    """
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
