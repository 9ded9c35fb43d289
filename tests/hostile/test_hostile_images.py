"""Uploads, archives, arrays and tables of images, mutated: images, or a message that says what is wrong."""

import io
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hostile_files import HEADERS, image_bomb, mutated_zips, mutations, npy, picture, snapshot, zip_bomb
from hostile_outcome import MB, levels, outcomes
from test_hostile_arrays import Trap, npz

from aeviz.data.image_files import read_header, read_upload
from aeviz.data.imports.own import import_files
from aeviz.errors import DataError

KINDS = {
    "png": picture("PNG"), "png-alpha": picture("PNG", mode="RGBA"), "png-grey": picture("PNG", mode="L"),
    "jpeg": picture("JPEG"), "webp": picture("WEBP"), "gif": picture("GIF", mode="L"), "bmp": picture("BMP"),
    "tiff": picture("TIFF"), "ppm": picture("PPM"),
}  # fmt: skip
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="file:///etc/passwd"/></svg>'
XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg>&b;</svg>'


def look(content):
    upload = read_upload(content, side=28)
    assert upload.image.mode in ("L", "RGB")
    read_header(content)


@levels("upload")
def test_uploads(tmp_path, count):
    each = count // len(KINDS) + 1
    contents = [found for seed, whole in enumerate(KINDS.values()) for found in mutations(whole, seed, each)]
    for whole in KINDS.values():
        look(whole)
    _, messages = outcomes(contents[:count], look, tmp_path, errors=DataError, cap=600 * MB)
    assert messages > count // 4


def test_uploads_that_are_bombs_or_no_images(tmp_path):
    small = picture("PNG", (4, 4))
    wide = bytearray(small)
    wide[16:24] = (2**31 - 1).to_bytes(4, "big") * 2
    contents = [
        image_bomb(9_000),
        bytes(wide),
        SVG,
        XXE,
        pickle.dumps(Trap(tmp_path / "sprung")),
        b"%!PS\n(a) run",
        b"GIF89a",
    ]
    assert outcomes(contents, look, tmp_path, errors=DataError, cap=64 * MB) == (0, len(contents))
    assert not (tmp_path / "sprung").exists()


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """A function that imports files as the pages do, and leaves nothing but the images."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    home = tmp_path / "home"

    def run(name, content):
        home.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
        try:
            about = import_files(
                {name: tmp_path / name}, home / "images", side=None, report=lambda *_: None, title=name
            )
            assert snapshot(home) <= {
                str(home / "images" / each) for each in ("images.u8", "labels.npy", "aeviz-images.json")
            } | {str(home / "images")}
            assert about.n_images > 0
        finally:
            shutil.rmtree(home)

    return run


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for number in range(14):
            packed.writestr(f"{'ab'[number % 2]}/{number}.png", picture("PNG", (8, 8), "L", number))
        packed.writestr("labels.csv", "file,label\n" + "".join(f"{number}.png,{number % 2}\n" for number in range(14)))
    return out.getvalue()


@levels("zip")
def test_archives_of_images(tmp_path, bring, count):
    whole = archive()
    bring("x.zip", whole)
    results, messages = outcomes(
        mutated_zips(whole, 1, count), lambda content: bring("x.zip", content), tmp_path, errors=DataError, cap=256 * MB
    )
    assert results
    assert messages


def test_archive_with_a_member_without_a_name(bring):
    out = io.BytesIO(archive())
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr(zipfile.ZipInfo(""), b"x")
    bring("x.zip", out.getvalue())


def test_message_does_not_quote_the_file(bring):
    """zipfile says which names differ, and here one of them is the rest of the file."""
    content = bytearray(npz(x=np.random.default_rng(0).integers(0, 256, (99, 8, 8), np.uint8)))
    content[26:28] = b"\xff\xff"
    with pytest.raises(DataError, match=r"x\.npz cannot be read") as caught:
        bring("x.npz", bytes(content))
    assert len(str(caught.value)) < 400


def test_archives_that_are_bombs(tmp_path, bring):
    contents = [zip_bomb(name, 200) for name in ("a.png", "labels.csv", "../../evil.png")]
    results, _ = outcomes(contents, lambda found: bring("x.zip", found), tmp_path, errors=DataError, cap=128 * MB)
    assert not results


ARRAY = np.random.default_rng(0).integers(0, 256, (15, 8, 8), dtype=np.uint8)


def saved(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


@levels("npy")
def test_arrays_of_images(tmp_path, bring, count):
    some = count // 4
    whole, floats, packed = saved(ARRAY), saved(ARRAY / 255), npz(x_train=ARRAY, y_train=np.arange(15) % 3)
    contents = [*mutations(whole, 1, some), *mutations(floats, 2, some)]
    outcomes(contents, lambda content: bring("x.npy", content), tmp_path, errors=DataError, cap=256 * MB)
    contents = [*mutations(packed, 3, some), *mutated_zips(packed, 4, some)]
    outcomes(contents, lambda content: bring("x.npz", content), tmp_path, errors=DataError, cap=256 * MB)


def test_arrays_with_hostile_headers(tmp_path, bring):
    contents = [npy(header, bytes(16), version) for header in HEADERS for version in (1, 2)]
    contents += [npy(HEADERS[0], pickle.dumps([Trap(tmp_path / "sprung")]))]
    results, _ = outcomes(contents, lambda content: bring("x.npy", content), tmp_path, errors=DataError, cap=256 * MB)
    assert not results
    assert not (tmp_path / "sprung").exists()
    assert not Path("evil").exists()
