"""A photograph of celeba as a 64 x 64 face, and many of them as part of a file."""

import hashlib
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aeviz.errors import DataError

VERSION = 1
"""Raised when faces would be made in another way; older files are then never taken for new ones."""
PHOTOGRAPH_SIZE = (178, 218)
"""Width and height of an aligned photograph in pixels."""
CROP_SIDE = 148
"""Side in pixels of the centred square that is cut out."""
FACE_SIDE = 64
"""Side in pixels to which the square is resized."""
FACE_SHAPE = (3, FACE_SIDE, FACE_SIDE)
FACE_BYTES = 3 * FACE_SIDE * FACE_SIDE
BLOCK = 64
"""Faces read or written at once."""
_DAMAGES = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)
"""Exceptions that Pillow raises on a damaged JPEG."""


def read_face(path: Path) -> NDArray[np.uint8]:
    """Decode a photograph, cut out the central 148 x 148 pixels and resize them to 64 x 64.

    The result is that of torchvision's CenterCrop(148) and Resize(64) on Pillow's image, pixel for pixel: bilinear
    with antialiasing.

    Returns:
        (3, 64, 64), uint8, red, green and blue from 0 to 255.

    Raises:
        DataError: The file is no JPEG of 178 x 218 pixels, or damaged.
    """
    width, height = PHOTOGRAPH_SIZE
    left, top = round((width - CROP_SIDE) / 2), round((height - CROP_SIDE) / 2)  # 15, 35
    try:
        with Image.open(path, formats=("JPEG",)) as image:
            size = image.size
            if size == PHOTOGRAPH_SIZE:
                square = image.convert("RGB").crop((left, top, left + CROP_SIDE, top + CROP_SIDE))
                face = np.asarray(square.resize((FACE_SIDE, FACE_SIDE), Image.Resampling.BILINEAR))  # (H, W, 3)
                return np.moveaxis(face, 2, 0)
    except _DAMAGES as exc:
        raise DataError(
            f"photograph {path} of 'celeba' cannot be read: {exc}; expected a complete JPEG; copy it again or remove it"
        ) from exc
    raise DataError(
        f"photograph {path} of 'celeba' has {size[0]} x {size[1]} pixels; expected {width} x {height}, as in the "
        "publisher's img_align_celeba; copy it again or remove it"
    )


def write_faces(folder: Path, names: Sequence[str], file: Path, offset: int, report: Callable[[int], None]) -> str:
    """Write the faces of `names` into `file` from byte `offset` on, reporting how many were added; return the digest.

    Written, not mapped: on a full disk a write fails, but a map ends the process.
    """
    digest = hashlib.blake2b(digest_size=16)
    block = np.empty((BLOCK, *FACE_SHAPE), dtype=np.uint8)
    with file.open("rb+") as stream:
        stream.seek(offset)
        for start in range(0, len(names), BLOCK):
            part = names[start : start + BLOCK]
            for place, name in enumerate(part):
                block[place] = read_face(folder / name)
            content = block[: len(part)].tobytes()
            digest.update(content)
            stream.write(content)
            report(len(part))
    return digest.hexdigest()
