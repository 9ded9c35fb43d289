"""Arrays of a run on disk: .npz files that numpy writes and that are checked before an array is made of them.

`numpy.load` trusts what a file says about itself: it makes room for an array of any size, parses a header as Python
and reads whatever compression zipfile knows. Here the archive and the header of each array are compared with what
aeviz writes, and with `ARRAYS_BYTES`, before memory is taken. Needs no torch.
"""

import math
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from aeviz.errors import CheckpointFormatError, ConfigError
from aeviz.training.files import write_atomically
from aeviz.training.safe_files import open_checked, size_problem, unreadable

ARRAYS_BYTES = 256 << 20
"""Most bytes that the arrays of one file may take, and that the file may have: 262,144 test images of 512 dimensions,
with variances. Points are kept in one or two bytes and become float32, so reading takes at most about six times as
much."""
DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""Exceptions for damaged bytes, of zipfile, zlib and numpy, and of code that gets another array than it expects."""
_DIRECTORY_BYTES = 64 << 10
"""Largest list of contents of an archive: zipfile reads all of it at once. Ours have a dozen entries of 80 bytes."""
_HEADER_BYTES = 10_000
"""Longest header of an array, as in numpy."""
_MOST_AXES = 8
_ENTRY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.npy")
_HEADER = re.compile(r"\{'descr': '(.{2,12})', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \} *\n")
_NUMBERS_OR_TEXT = re.compile(r"[<>|=][biufU]\d+")


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays into a compressed .npz file, atomically.

    Raises:
        ConfigError: They take more than `ARRAYS_BYTES`, so that `read_arrays` would refuse them.
    """
    size = sum(np.asarray(array).nbytes for array in arrays.values())
    if size > ARRAYS_BYTES:
        raise ConfigError(
            f"{path.name} of run '{path.parent.name}' would hold {size:,} bytes; at most {ARRAYS_BYTES:,} are kept; "
            "choose a smaller model.latent_dim, or fewer test images"
        )
    write_atomically(path, lambda temporary: np.savez_compressed(temporary, **arrays))


def read_arrays(path: Path, *, run: str | None = None) -> dict[str, np.ndarray]:
    """Read all arrays of an .npz file of numbers and text.

    Args:
        path: The file.
        run: Name of the run; None for the name of the folder that holds the file.

    Raises:
        CheckpointNotFoundError: There is no such file.
        CheckpointFormatError: It is damaged, too large, or holds what aeviz does not write.
    """
    with open_checked(path, ARRAYS_BYTES, run=run) as file:
        try:
            _check_directory(file)
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
                for entry in entries:
                    _check_entry(entry)
                if problem := size_problem(sum(entry.file_size for entry in entries), ARRAYS_BYTES):
                    raise ValueError(f"unpacked, {problem}")
                return {entry.filename.removesuffix(".npy"): _read_array(archive, entry) for entry in entries}
        except CheckpointFormatError:
            raise
        except DAMAGED as error:
            raise unreadable(path, error, run=run) from error


def _check_directory(file: BinaryIO) -> None:
    """Check the record at the end of an archive before zipfile reads the list of contents that it names.

    Raises:
        ValueError: There is none, or the list is larger than that of any file that aeviz writes.
    """
    record = struct.Struct("<4s4H2LH")  # signature, two disk numbers, entries here and in all, size, offset, comment
    locator = 20  # bytes of the record that large archives have before it, with sizes of 64 bits
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - locator - record.size))
    end = file.read()
    if len(end) < record.size or not end[-record.size :].startswith(b"PK\x05\x06"):
        raise ValueError("it is no zip archive, or its end is missing")
    *_, directory_size, _, comment = record.unpack(end[-record.size :])
    if directory_size > _DIRECTORY_BYTES or comment or end[:locator].startswith(b"PK\x06\x07"):
        raise ValueError("its list of contents is larger than that of an archive that aeviz writes")
    file.seek(0)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """Raise ValueError where an entry of an archive is not what numpy writes."""
    if not _ENTRY.fullmatch(entry.filename):
        raise ValueError(f"its entry {entry.filename[:80]!r} is no plain name of an array")
    if entry.flag_bits & 1:
        raise ValueError(f"its entry {entry.filename!r} is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(
            f"its entry {entry.filename!r} is compressed by method {entry.compress_type}; expected deflate"
        )


def _read_array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    """Read one array. The header must account for all bytes that the entry claims, which are within the limit.

    Raises:
        ValueError: The header is none that numpy writes for numbers or text, or the sizes contradict each other.
    """
    with archive.open(entry) as file:
        start = file.read(8)
        if start[:6] != b"\x93NUMPY" or start[6:] not in (b"\x01\x00", b"\x02\x00"):
            raise ValueError(f"{entry.filename} is no array of numpy")
        length_bytes = 2 if start[6] == 1 else 4
        length = int.from_bytes(file.read(length_bytes), "little")
        if length > _HEADER_BYTES:
            raise ValueError(f"{entry.filename} has a header of {length:,} bytes; expected at most {_HEADER_BYTES:,}")
        header = _HEADER.fullmatch(file.read(length).decode("latin-1"))
        if header is None:
            raise ValueError(f"{entry.filename} has a header that is none of numpy's for plain numbers or text")
        if "O" in header[1]:
            raise ValueError(f"{entry.filename} holds Python objects, which are never unpacked; expected numbers")
        if not _NUMBERS_OR_TEXT.fullmatch(header[1]):
            raise ValueError(f"{entry.filename} holds values of type {header[1]!r}; expected numbers or text")
        dtype = np.dtype(header[1])
        shape = tuple(int(side) for side in header[3].split(",") if side.strip())
        size = math.prod(shape) * dtype.itemsize
        if len(shape) > _MOST_AXES or size != entry.file_size - len(start) - length_bytes - length:
            raise ValueError(
                f"{entry.filename} names a shape of {shape} that its {entry.file_size:,} bytes do not fill"
            )
        content = np.empty(size, dtype=np.uint8)
        assert isinstance(file, zipfile.ZipExtFile)  # as archives open entries to be read; it fills an array in place
        if file.readinto(content.data) != size or file.read(1):  # reading to the end checks the checksum
            raise ValueError(f"{entry.filename} ends early")
    return content.view(dtype).reshape(shape, order="F" if header[2] == "True" else "C")
