import gzip
import re
import struct

import numpy as np
import pytest

from aeviz.data.idx import read_idx
from aeviz.errors import DataError


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("shape", [(5,), (3, 4, 2), (0, 28, 28)])
def test_read_idx_returns_what_was_written(tmp_path, write_idx, suffix, shape):
    array = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    found = read_idx(write_idx(tmp_path / f"a{suffix}", array))
    assert found.dtype == np.uint8
    assert found.flags.writeable
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no idx file: it begins with nothing; expected 00 00"),
        (b"<html><body>", "is no idx file: it begins with 3c 68 74 6d; expected 00 00, a data type and a number of"),
        (gzip.compress(b"abc", mtime=0), "is no idx file: it begins with 1f 8b"),
        (b"\0\0\x08\0", "is no idx file: it begins with 00 00 08 00"),
        (struct.pack(">4BI", 0, 0, 0x0D, 1, 1) + b"1234", "has data type 0x0d; expected 0x08 (unsigned bytes)"),
        (b"\0\0\x08\x41" + b"\0\0\0\x01" * 65 + b"1", "declares 65 axes; expected at most 8"),
        (b"\0\0\x08\x03\0\0", "ends inside its header after 6 bytes; expected 16"),
        (
            struct.pack(">4B2I", 0, 0, 8, 2, 2, 3) + b"12345",
            "holds 5 values; expected 6, since its header declares 2 x",
        ),
        (struct.pack(">4B2I", 0, 0, 8, 2, 2, 3) + b"1234567", "holds 7 values; expected 6"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 9) + b"1", "holds 1 values; expected 166,020,696,"),
    ],
)
def test_read_idx_rejects_damaged_plain_files(tmp_path, content, message):
    path = tmp_path / "a-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError, match=re.escape(f"{path} {message}")) as caught:
        read_idx(path)
    assert str(caught.value).endswith("; delete it and get a fresh copy")


def test_read_idx_names_the_remedy_for_truncated_and_broken_gz(tmp_path, write_idx):
    path = write_idx(tmp_path / "a.gz", np.random.default_rng(0).integers(0, 256, (9, 28, 28), dtype=np.uint8))
    whole = path.read_bytes()
    path.write_bytes(whole[:-200])
    message = rf"^{re.escape(str(path))} cannot be read: .*end-of-stream.*; expected a complete gzip file .*; ask me$"
    with pytest.raises(DataError, match=message):
        read_idx(path, remedy="ask me")
    path.write_bytes(whole[:500] + b"\0" * 50 + whole[550:])
    with pytest.raises(DataError, match="cannot be read"):
        read_idx(path)
    path.write_bytes(b"not gzip at all")
    with pytest.raises(DataError, match="cannot be read: Not a gzipped file"):
        read_idx(path)


def test_read_idx_names_a_missing_file(tmp_path):
    with pytest.raises(DataError, match="absent cannot be read: No such file or directory; expected a readable file"):
        read_idx(tmp_path / "absent")
