"""The idx file format in which MNIST and its kin are published.

    bytes 0-1   0
    byte  2     data type, 0x08 for unsigned bytes (the only one in use here)
    byte  3     number of axes n
    4n bytes    length of each axis, 32-bit big-endian
    rest        the values, last axis fastest

References:
    LeCun, Cortes & Burges, The MNIST database of handwritten digits, section "File formats".
"""

import gzip
import hashlib
import io
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aeviz.errors import DataError

_UNSIGNED_BYTES = 0x08
_MOST_AXES = 8
"""More than any published file has; NumPy stops at 64, and a header may claim 255."""
_MOST_BYTES = 64 << 20
"""Bytes of a file, unpacked; those of MNIST's training images are 47 million."""
_BLOCK = 1 << 20


def read_idx(
    path: Path, *, md5: str | None = None, remedy: str = "delete it and get a fresh copy"
) -> NDArray[np.uint8]:
    """Read an idx file of unsigned bytes, compressed if its name ends in .gz.

    Args:
        path: The file.
        md5: The publisher's digest of the file as it lies on disk, 32 hexadecimal digits; None checks its form alone.
        remedy: What a person should do about a damaged file; ends every message.

    Returns:
        Array of the shape that the file declares, uint8, writable.

    Raises:
        DataError: The file is missing, truncated, no idx file, of another data type, has another digest or too many
            axes, or is longer or shorter than it declares.
    """
    try:
        content = path.read_bytes()
        found = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if md5 is not None and found != md5:
            raise DataError(f"{path} is damaged: its md5 is {found}; expected the publisher's {md5}; {remedy}")
        if path.suffix == ".gz":
            content = _unpack(content)
    except (OSError, EOFError, zlib.error) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
        kind = "a complete gzip file" if path.suffix == ".gz" else "a readable file"
        raise DataError(f"{path} cannot be read: {reason}; expected {kind} in idx format; {remedy}") from exc

    if len(content) > _MOST_BYTES:
        raise DataError(f"{path} has more than {_MOST_BYTES:,} bytes; expected an idx file of images; {remedy}")
    if len(content) < 4 or content[:2] != b"\0\0" or content[3] == 0:
        raise DataError(
            f"{path} is no idx file: it begins with {content[:4].hex(' ') or 'nothing'}; expected 00 00, a data type "
            f"and a number of axes; {remedy}"
        )
    if content[2] != _UNSIGNED_BYTES:
        raise DataError(f"{path} has data type 0x{content[2]:02x}; expected 0x08 (unsigned bytes); {remedy}")
    n_axes = content[3]
    if n_axes > _MOST_AXES:
        raise DataError(f"{path} declares {n_axes} axes; expected at most {_MOST_AXES}; {remedy}")
    start = 4 + 4 * n_axes
    if len(content) < start:
        raise DataError(f"{path} ends inside its header after {len(content)} bytes; expected {start}; {remedy}")
    shape = struct.unpack(f">{n_axes}I", content[4:start])
    n_values, declared = len(content) - start, math.prod(shape)
    if n_values != declared:
        raise DataError(
            f"{path} holds {n_values:,} values; expected {declared:,}, since its header declares "
            f"{' x '.join(str(length) for length in shape)}; {remedy}"
        )
    # A copy, since frombuffer's array is read-only and torch.from_numpy warns of those.
    values = np.frombuffer(content, dtype=np.uint8, offset=start)
    try:
        return values.reshape(shape).copy()
    except ValueError as exc:  # no values, and other axes longer than NumPy can count
        raise DataError(f"{path} declares {' x '.join(map(str, shape))} values, which cannot be; {remedy}") from exc


def _unpack(content: bytes) -> bytes:
    """Return what a gzip file holds, or a little more than `_MOST_BYTES` of it; memory is taken as it unpacks."""
    unpacked = bytearray()
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
        while len(unpacked) <= _MOST_BYTES and (block := packed.read(_BLOCK)):
            unpacked += block
    return bytes(unpacked)
