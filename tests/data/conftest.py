import dataclasses
import gzip
import hashlib
import struct

import jaxtyping
import numpy as np
import pytest
from sevens import GREY, draw_seven, encode

from aeviz.data import prepare_image
from aeviz.data.mnist import FAMILIES, PublishedFile


@pytest.fixture
def unchecked():
    """Switch the test run's type checks off, to see what a caller sees who passes the wrong type."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def write_idx():
    """A function that writes an array of unsigned bytes as an idx file, compressed if the name ends in .gz."""

    def write(path, array, dtype_code=0x08):
        content = struct.pack(f">BBBB{array.ndim}I", 0, 0, dtype_code, array.ndim, *array.shape) + array.tobytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
        return path

    return write


@pytest.fixture
def tiny_mnist(tmp_path, write_idx, publish):
    """A data root that holds MNIST in small, as if it were the publisher's: 24 training, 6 test images, plain files."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "MNIST" / "raw"
    for prefix, n in (("train", 24), ("t10k", 6)):
        write_idx(folder / f"{prefix}-images-idx3-ubyte", rng.integers(0, 256, (n, 28, 28), dtype=np.uint8))
        write_idx(folder / f"{prefix}-labels-idx1-ubyte", (np.arange(n) % 10).astype(np.uint8))
    publish({path.name: path.read_bytes() for path in folder.iterdir()})
    return tmp_path


@pytest.fixture
def publish(monkeypatch):
    """A function that makes aeviz take the given plain idx files, name to bytes, for those of MNIST's publisher."""

    def make(contents):
        files = dict(FAMILIES["mnist"].files)
        for name, content in contents.items():
            packed = gzip.compress(content, mtime=0)
            files[name] = PublishedFile(
                n_bytes=len(packed),
                md5=hashlib.md5(packed).hexdigest(),
                plain_bytes=len(content),
                plain_md5=hashlib.md5(content).hexdigest(),
            )
        monkeypatch.setitem(FAMILIES, "mnist", dataclasses.replace(FAMILIES["mnist"], files=files))

    return make


@pytest.fixture(scope="module")
def seven():
    """A drawn 7, prepared for MNIST's models."""
    return prepare_image(encode(draw_seven()), GREY)
