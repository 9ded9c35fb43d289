"""The one binary format in which the page is sent arrays: a JSON value with the arrays in their places.

A payload is, in this order and little-endian:

- the four bytes `MAGIC` and the length of the text, a 32-bit integer,
- the text, UTF-8: `{"value": ..., "arrays": [[dtype, shape, digest], ...]}`. In the value, `{"$array": i}` stands for
  the array with number i,
- the arrays in the order of their numbers. Each one, like the first, begins at a multiple of `ALIGNMENT` bytes; the
  gaps are zero.

The text holds a digest of each array, so that equal texts mean equal payloads. `wire.js` is the reader of the page.
"""

import hashlib
import json
import math
import struct
from collections.abc import Mapping

import numpy as np

from aeviz.errors import PayloadError, reason_of

MAGIC = b"AEV1"
ALIGNMENT = 8
"""Bytes: an address that a typed array of any dtype accepts."""
DTYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64")
"""Types that a typed array of the browser can hold."""
_ARRAY = "$array"
_LENGTH = struct.Struct("<I")


def pack(value: Mapping[str, object], *, digests: bool = True) -> bytes:
    """Pack a JSON value that holds arrays.

    Args:
        value: JSON, with NumPy arrays of the `DTYPES` and any shape in it; `bytes` count as arrays of uint8.
        digests: Whether the text holds a digest of each array. Without, equal texts say nothing about the arrays; that
            saves time where the content has a name of its own.

    Raises:
        PayloadError: An array has a dtype that the page cannot read, a number outside of an array is not finite, or a
            part is no JSON.
    """
    table: list[tuple[str, tuple[int, ...], str]] = []
    sections: list[bytes] = []

    def take(part: object) -> dict[str, int]:
        if isinstance(part, bytes):
            name, shape, section = "uint8", (len(part),), part
        elif isinstance(part, np.ndarray):
            name, shape = part.dtype.name, part.shape
            if name not in DTYPES:
                raise PayloadError(f"an array has dtype {name!r}; the page reads {', '.join(DTYPES)}: convert it")
            section = np.ascontiguousarray(part, dtype=part.dtype.newbyteorder("<")).tobytes()
        else:
            raise PayloadError(f"a {type(part).__name__} cannot be sent to the page; pack JSON values and arrays only")
        table.append((name, shape, hashlib.blake2b(section, digest_size=8).hexdigest() if digests else ""))
        sections.append(section)
        return {_ARRAY: len(table) - 1}

    try:
        head = json.dumps(value, allow_nan=False, default=take)
    except PayloadError:
        raise
    except ValueError as error:
        raise PayloadError(f"the data for the page cannot be written as JSON: {error}") from error
    text = f'{{"value": {head}, "arrays": {json.dumps(table)}}}'.encode()
    start = len(MAGIC) + _LENGTH.size + len(text)
    parts = [MAGIC, _LENGTH.pack(len(text)), text, bytes(-start % ALIGNMENT)]
    for section in sections:
        parts += [section, bytes(-len(section) % ALIGNMENT)]
    return b"".join(parts)


def unpack(payload: bytes) -> dict[str, object]:
    """Return the value of a payload, its arrays in their places, as the page reads it.

    Raises:
        PayloadError: The payload is cut off or damaged.
    """
    first = len(MAGIC) + _LENGTH.size
    if payload[: len(MAGIC)] != MAGIC or len(payload) < first:
        raise PayloadError(f"a payload begins with {bytes(payload[:4])!r}, not with {MAGIC!r}: reload the page")
    (length,) = _LENGTH.unpack_from(payload, len(MAGIC))
    try:
        text = json.loads(payload[first : first + length])
        value, table = text["value"], text["arrays"]
        entries = [(np.dtype(name).newbyteorder("<"), tuple(shape)) for name, shape, _ in table if name in DTYPES]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PayloadError(f"the header of a payload is damaged: {reason_of(error)}") from error
    if len(entries) < len(table):
        raise PayloadError(f"a payload holds an array of unknown dtype; known are {', '.join(DTYPES)}")
    at = first + length + -(first + length) % ALIGNMENT
    arrays: list[np.ndarray] = []
    for dtype, shape in entries:
        if not all(type(length) is int and length >= 0 for length in shape):
            raise PayloadError(f"array {len(arrays)} of a payload has a damaged shape: {shape}")
        count = math.prod(shape)
        if at + count * dtype.itemsize > len(payload):
            raise PayloadError(f"a payload ends after {len(payload)} bytes, before its array {len(arrays)} ends")
        try:
            arrays.append(np.frombuffer(payload, dtype, count, at).reshape(shape))
        except (ValueError, OverflowError) as error:  # more than NumPy can hold
            raise PayloadError(f"array {len(arrays)} of a payload has a damaged shape: {error}") from error
        at += count * dtype.itemsize
        at += -at % ALIGNMENT
    try:
        filled = _fill(value, arrays)
    except RecursionError as error:
        raise PayloadError("the value of a payload is nested too deeply") from error
    if not isinstance(filled, dict):
        raise PayloadError(f"a payload holds a {type(filled).__name__} where an object is expected")
    return filled


def _fill(part: object, arrays: list[np.ndarray]) -> object:
    """Put the arrays into their places."""
    if isinstance(part, list):
        return [_fill(each, arrays) for each in part]
    if not isinstance(part, dict):
        return part
    number = part.get(_ARRAY)
    if number is None:
        return {name: _fill(each, arrays) for name, each in part.items()}
    if type(number) is not int or not 0 <= number < len(arrays):
        raise PayloadError(f"a payload names array {number!r} of {len(arrays)}")
    return arrays[number]


def blob_name(kind: str, content: bytes) -> str:
    """Return the name under which bytes lie in the page's blob store: a digest of the content."""
    return f"{kind}-{hashlib.blake2b(content, digest_size=12).hexdigest()}"
