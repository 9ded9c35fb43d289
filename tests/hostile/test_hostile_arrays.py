"""idx files and arrays of a run, mutated: numbers of the right form, or a message."""

import gzip
import io
import pickle
import struct
import zipfile
import zlib

import numpy as np
import pytest
from hostile_files import HEADERS, mutated_zips, mutations, npy, zip_bomb
from hostile_outcome import MB, levels, outcomes

from aeviz.data.idx import read_idx
from aeviz.errors import CheckpointError, CheckpointFormatError, DataError
from aeviz.training.arrays import read_arrays

IDX = struct.pack(">BBBB3I", 0, 0, 8, 3, 5, 4, 3) + bytes(range(60))


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        import os

        return os.mkdir, (str(self.path),)


def idx_reader(folder, suffix):
    path = folder / f"images-idx3-ubyte{suffix}"

    def read(content):
        path.write_bytes(content)
        found = read_idx(path)
        assert found.dtype == np.uint8
        assert found.flags.writeable

    return read


@levels("idx")
def test_idx_files(tmp_path, count):
    some = count // 3
    results, messages = outcomes(
        mutations(IDX, 1, count - 2 * some), idx_reader(tmp_path, ""), tmp_path, errors=DataError, cap=64 * MB
    )
    assert results
    assert messages
    packed = (gzip.compress(content) for content in mutations(IDX, 2, some))
    outcomes(packed, idx_reader(tmp_path, ".gz"), tmp_path, errors=DataError, cap=64 * MB)
    broken = mutations(gzip.compress(IDX), 3, some)
    outcomes(broken, idx_reader(tmp_path, ".gz"), tmp_path, errors=DataError, cap=64 * MB)


@pytest.mark.parametrize(
    "shape",
    [(0, 2**32 - 1, 2**32 - 1), (2**32 - 1,) * 7 + (0,), (2**31,), (0,)],
    ids=lambda shape: f"{len(shape)} axes",
)
def test_idx_file_that_claims_a_huge_shape(tmp_path, shape):
    content = struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape)
    outcomes([content], idx_reader(tmp_path, ""), tmp_path, errors=DataError, cap=64 * MB)


def test_idx_file_that_unpacks_to_gigabytes(tmp_path):
    packer = zlib.compressobj(1, wbits=31)
    bomb = packer.compress(IDX[:16]) + b"".join(packer.compress(bytes(MB)) for _ in range(300)) + packer.flush()
    read = idx_reader(tmp_path, ".gz")
    assert outcomes([bomb], read, tmp_path, errors=DataError, cap=256 * MB) == (0, 1)


def npz(**arrays):
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def arrays_reader(folder):
    path = folder / "latents.npz"

    def read(content):
        path.write_bytes(content)
        for array in read_arrays(path).values():
            assert array.dtype.kind in "biufU"

    return read


@levels("arrays")
def test_arrays_of_a_run(tmp_path, count):
    whole = npz(z=np.arange(60, dtype=np.float16).reshape(30, 2), labels=np.arange(30), names=np.array(["a", "bc"]))
    contents = [*mutations(whole, 1, count // 2), *mutated_zips(whole, 2, count - count // 2)]
    _, messages = outcomes(contents, arrays_reader(tmp_path), tmp_path, errors=CheckpointError, cap=64 * MB)
    assert messages > count // 3


def packed(member):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("z.npy", member)
    return out.getvalue()


def test_arrays_with_hostile_headers_or_a_pickle(tmp_path):
    trap = tmp_path / "sprung"
    pickled = pickle.dumps(np.array([Trap(trap)], dtype=object))
    contents = [packed(npy(header, bytes(16), version)) for header in HEADERS for version in (1, 2)]
    contents += [packed(npy(HEADERS[0], pickled)), packed(pickled), pickled, zip_bomb("z.npy", 300)]
    results, _ = outcomes(contents, arrays_reader(tmp_path), tmp_path, errors=CheckpointFormatError, cap=64 * MB)
    assert not results
    assert not trap.exists()
