"""Paths of a run's ONNX files, and the check that they belong to its weights; without torch and without onnx.

They lie beside the weights. Where that folder cannot be written, or belongs to an installed wheel, they lie in
AEVIZ_CACHE/onnx, in a folder named after the weights.

References:
    How fields are written: https://protobuf.dev/programming-guides/encoding
    Fields of ModelProto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

import functools
import hashlib
import io
import os
from pathlib import Path
from typing import Literal

from aeviz.paths import BUNDLE, cache_root, model_roots
from aeviz.training.runs import MODEL, RunFolder
from aeviz.training.safe_files import is_regular_file

PartName = Literal["decoder", "encoder"]
PARTS: tuple[PartName, ...] = ("decoder", "encoder")
PRODUCER = "aeviz"
_PRODUCER_NAME, _METADATA_PROPS, _KEY, _VALUE = 2, 14, 1, 2
_MOST_TEXT = 2**16
"""Bytes, the most that an entry of the metadata can have."""


def beside(folder: RunFolder, part: PartName) -> Path:
    """Return the path at which a part of a run is, or will be once it is written."""
    inside = folder.path / f"{part}.onnx"
    is_only_read = {root.resolve() for root in (BUNDLE, *model_roots())} & set(folder.path.resolve().parents)
    is_ours = os.access(folder.path, os.W_OK) and not is_only_read
    if not folder.is_trained or is_ours or _belongs(inside, part, folder):
        return inside
    return cache_root() / "onnx" / weights_digest(folder.path / MODEL) / inside.name


def is_current(folder: RunFolder, part: PartName) -> bool:
    """Whether the file of a part is there, whole, and made from the weights that the run has now."""
    return folder.is_trained and _belongs(beside(folder, part), part, folder)


def weights_digest(path: Path) -> str:
    """Return the digest of model.safetensors by which an export knows its run: BLAKE2b, 16 bytes, hexadecimal."""
    stat = path.stat()
    return _digest(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


def read_metadata(path: Path) -> dict[str, str]:
    """Return the metadata of an ONNX file from aeviz; empty where the file is missing, cut short or not from aeviz.

    The network is skipped, so that a file of any size costs the same.
    """
    entries: dict[str, str] = {}
    producer = ""
    if not is_regular_file(path):  # opening a pipe would wait for a writer
        return {}
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            while file.tell() < size:
                field, content = _read_field(file, size)
                if field == _PRODUCER_NAME:
                    producer = content.decode()
                elif field == _METADATA_PROPS:
                    entry = _read_entry(content)
                    entries[entry.get(_KEY, "")] = entry.get(_VALUE, "")
    except (OSError, ValueError):
        return {}
    return entries if producer == PRODUCER else {}


def _belongs(path: Path, part: PartName, folder: RunFolder) -> bool:
    known = read_metadata(path)
    return known.get("part") == part and known.get("model_digest") == weights_digest(folder.path / MODEL)


@functools.lru_cache(maxsize=256)
def _digest(path: Path, modified_ns: int, size: int, inode: int) -> str:
    """Return the digest of a file; the other arguments identify its version."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _read_field(file: io.BufferedIOBase, size: int) -> tuple[int, bytes]:
    """Read a field: its number and, where it is short enough to be metadata, its bytes; else it is skipped.

    Raises:
        ValueError: The file, of `size` bytes, ends before the field does.
    """
    key = _read_varint(file)
    field, kind = key >> 3, key & 7
    if kind == 0:
        _read_varint(file)
        return field, b""
    lengths = {1: 8, 5: 4}
    if kind != 2 and kind not in lengths:
        raise ValueError(f"a field of kind {kind}")
    length = _read_varint(file) if kind == 2 else lengths[kind]
    if file.tell() + length > size:
        raise ValueError("cut short")
    if length <= _MOST_TEXT:
        return field, file.read(length)
    file.seek(length, os.SEEK_CUR)
    return field, b""


def _read_entry(content: bytes) -> dict[int, str]:
    """Return the texts of a message by the number of their field."""
    file = io.BytesIO(content)
    texts = {}
    while file.tell() < len(content):
        field, text = _read_field(file, len(content))
        texts[field] = text.decode()
    return texts


def _read_varint(file: io.BufferedIOBase) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            raise ValueError("cut short")
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise ValueError("a number of more than ten bytes")
