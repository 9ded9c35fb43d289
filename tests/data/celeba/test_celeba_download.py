"""CelebA is downloaded or unpacked: from a Google Drive of the test's own, or from an archive."""

import dataclasses
import hashlib
import importlib.util
import os
import re
import shutil
import sys
import threading
import types
import zipfile

import numpy as np
import pytest
from celeba_files import COUNTS, SPLITS, inodes
from made_up_faces import NAMES

from aeviz.data import (
    bytes_to_download,
    celeba,
    is_available,
    list_datasets,
    load_dataset,
    prepare_dataset,
)
from aeviz.data.catalog import find_dataset
from aeviz.errors import DataError

# download


@pytest.fixture
def drive(root, tmp_path, monkeypatch):
    """A Google Drive in this process that publishes CelebA in small, which aeviz takes for the real one.

    Returns a module in the place of gdown; `drive.failure` makes it fail, `drive.calls` lists what it was asked for.
    """
    source = tmp_path / "drive"
    shutil.move(root / "celeba", source)
    with zipfile.ZipFile(source / "img_align_celeba.zip", "w") as archive:
        for path in sorted((source / "img_align_celeba").iterdir()):
            archive.write(path, f"img_align_celeba/{path.name}")
    root.rmdir()
    module = types.ModuleType("gdown")
    module.failure, module.calls = None, []

    class FileURLRetrievalError(Exception):
        pass

    FileURLRetrievalError.__module__ = "gdown.exceptions"
    module.FileURLRetrievalError = FileURLRetrievalError

    def download(*, id, output, quiet, cancel):
        module.calls.append((id, quiet, cancel))
        if module.failure is not None:
            raise module.failure
        shutil.copy(source / id, output)

    module.download = download
    monkeypatch.setitem(sys.modules, "gdown", module)
    for name, file in celeba.DRIVE.items():
        content = (source / name).read_bytes()
        fake = dataclasses.replace(file, file_id=name, n_bytes=len(content), md5=hashlib.md5(content).hexdigest())
        monkeypatch.setitem(celeba.DRIVE, name, fake)
    return module


def test_prepare_downloads_and_makes_all_faces(drive, root, cache, capfd):
    reported = []
    folder = prepare_dataset("celeba", root=root, on_progress=lambda *words: reported.append(words))
    assert folder == root / "celeba"
    assert os.listdir(root) == ["celeba"]
    assert sorted(os.listdir(folder)) == [
        "img_align_celeba",
        "list_attr_celeba.txt",
        "list_eval_partition.txt",
    ]
    assert is_available("celeba", root)
    assert len(inodes(cache)) == 3
    assert {split: len(load_dataset("celeba", split, root=root)) for split in SPLITS} == COUNTS
    shares = [share for share, _ in reported]
    assert shares == sorted(shares)
    assert reported[-1] == (1.0, f"celeba: ready in {folder}")
    assert re.match(r"celeba: \d\.\d of 1,473\.0 MB", reported[0][1])
    assert all(quiet for _, quiet, _ in drive.calls)
    assert all(isinstance(cancel, threading.Event) for _, _, cancel in drive.calls)
    assert capfd.readouterr() == ("", "")


def test_what_is_here_is_not_downloaded_again(root, cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "gdown", None)
    reported = []
    assert prepare_dataset("celeba", root=root, on_progress=lambda *words: reported.append(words)) == root / "celeba"
    assert len(inodes(cache)) == 3
    assert re.match(r"celeba: \d+ of 24 photographs read", reported[0][1])
    reported.clear()
    prepare_dataset("celeba", root=root, on_progress=lambda *words: reported.append(words))
    assert reported == [(1.0, f"celeba: ready in {root / 'celeba'}")]


def test_photographs_without_lists_are_completed_in_place(drive, root):
    folder = root / "celeba" / "img_align_celeba"
    folder.mkdir(parents=True)
    (folder / "000001.jpg").write_bytes(b"damaged")
    (folder / "mine.txt").write_text("keep")
    prepare_dataset("celeba", root=root)
    assert len(load_dataset("celeba", "train", root=root)) == 14
    assert (folder / "mine.txt").read_text() == "keep"


def pack(folder, *, inside="img_align_celeba/"):
    """Put the photographs of a folder into the publisher's archive beside it, and remove them."""
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        archive.writestr("../../outside.jpg", b"must not be written")
        archive.writestr("img_align_celeba/readme.txt", b"no photograph")
        for path in sorted((folder / "img_align_celeba").iterdir()):
            archive.write(path, f"{inside}{path.name}")
    shutil.rmtree(folder / "img_align_celeba")


@pytest.fixture
def no_download(monkeypatch):
    monkeypatch.setattr(celeba, "download_from_drive", lambda *names, **options: pytest.fail("downloaded"))


@pytest.mark.parametrize("inside", ["img_align_celeba/", "", "img_align_celeba/img_align_celeba/"])
def test_archive_beside_the_lists_is_unpacked_without_a_download(root, tmp_path, no_download, inside):
    expected = {split: load_dataset("celeba", split, root=root).fingerprint() for split in SPLITS}
    assert bytes_to_download("celeba", root) == 0
    pack(root / "celeba", inside=inside)
    assert not is_available("celeba", root)
    assert bytes_to_download("celeba", root) == 0
    assert bytes_to_download("celeba", tmp_path / "nowhere") == 1_473_048_250
    prepare_dataset("celeba", root=root)
    assert {split: load_dataset("celeba", split, root=root).fingerprint() for split in SPLITS} == expected
    assert (root / "celeba" / "img_align_celeba.zip").is_file()
    assert not list(tmp_path.rglob("outside.jpg"))
    assert not list(tmp_path.rglob("readme.txt"))


def test_kaggles_archive_alone_is_unpacked_with_its_lists(root, no_download):
    expected = {split: load_dataset("celeba", split, root=root).fingerprint() for split in SPLITS}
    folder = root / "celeba"
    pack(folder, inside="img_align_celeba/img_align_celeba/")
    (folder / "img_align_celeba.zip").rename(folder / "archive.zip")
    assert bytes_to_download("celeba", root) == 0
    with zipfile.ZipFile(folder / "archive.zip", "a") as archive:
        for name in ("list_eval_partition.txt", "list_attr_celeba.txt"):
            archive.write(folder / name, name)
            (folder / name).unlink()
    assert not is_available("celeba", root)
    assert bytes_to_download("celeba", root) == 0
    prepare_dataset("celeba", root=root)
    assert {split: load_dataset("celeba", split, root=root).fingerprint() for split in SPLITS} == expected


def test_damaged_archive_is_named_and_leaves_nothing(root, no_download):
    pack(root / "celeba")
    path = root / "celeba" / "img_align_celeba.zip"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match="a file arrived damaged"):
        prepare_dataset("celeba", root=root)
    assert not (root / "celeba" / "img_align_celeba").exists()


def test_kaggles_copy_is_read_as_it_is_unpacked(root, no_download):
    expected = {split: load_dataset("celeba", split, root=root) for split in SPLITS}
    folder = root / "celeba"
    (folder / "img_align_celeba").rename(folder / "photographs")
    (folder / "img_align_celeba").mkdir()
    (folder / "photographs").rename(folder / "img_align_celeba" / "img_align_celeba")
    assert is_available("celeba", root)
    partitions, attributes = ((folder / name) for name in ("list_eval_partition.txt", "list_attr_celeba.txt"))
    lines = [line.split() for line in partitions.read_text().splitlines()]
    partitions.with_suffix(".csv").write_text(
        "".join(f"{','.join(line)}\n" for line in [["image_id", "partition"], *lines])
    )
    lines = [line.split() for line in attributes.read_text().splitlines()]
    rows = [["image_id", *lines[1]], *lines[2:]]
    attributes.with_suffix(".csv").write_text("".join(f"{','.join(line)}\n" for line in rows))
    partitions.unlink()
    attributes.unlink()
    assert is_available("celeba", root)
    for split in SPLITS:
        found = load_dataset("celeba", split, root=root)
        assert found.fingerprint() == expected[split].fingerprint()
        assert found.attribute_names == NAMES
        np.testing.assert_array_equal(found.attributes, expected[split].attributes)


@pytest.mark.parametrize("empty", ["list_eval_partition.txt", "list_attr_celeba.txt", "img_align_celeba"])
def test_empty_files_are_not_here(root, empty):
    path = root / "celeba" / empty
    for file in [path] if path.is_file() else path.iterdir():
        file.write_bytes(b"")
    assert not is_available("celeba", root)
    with pytest.raises(DataError, match=rf"is not on this machine: found no {empty}"):
        load_dataset("celeba", root=root)


def test_missing_gdown_is_named(drive, root, monkeypatch):
    monkeypatch.setitem(sys.modules, "gdown", None)
    message = (
        f"data set 'celeba' could not be downloaded into {root}: the package gdown, which fetches from Google Drive, "
        'is not installed; run `pip install "aeviz[celeba]"`; expected 3 files of 1,473.0 MB in all; mend this and run '
        "`aeviz data prepare celeba` again, or put img_align_celeba/*.jpg, list_eval_partition.txt, "
        f"list_attr_celeba.txt into {root}/celeba by hand, or use the built-in 'digits' or 'circles'"
    )
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        prepare_dataset("celeba", root=root)
    assert not root.exists()


QUOTA = "Failed to retrieve file url:\n\n\tToo many users have viewed or downloaded this file\n\trecently. Please try"
LINK = "Cannot retrieve the public link of the file. You may need to change the permission, or have had many accesses."


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (QUOTA, "Google Drive's quota for this file is used up, since many have fetched it lately; try again in a day"),
        (LINK, "Google Drive's quota for this file is used up, since many have fetched it lately; try again in a day"),
        ("Download is incomplete: received 3 bytes", "the connection to the server broke off (Download is incomplete"),
    ],
)
def test_refusals_of_google_drive_are_named(drive, root, text, cause):
    drive.failure = drive.FileURLRetrievalError(text)
    with pytest.raises(DataError, match=re.escape(f"could not be downloaded into {root}: {cause}")) as caught:
        prepare_dataset("celeba", root=root)
    assert caught.value.__cause__ is drive.failure
    assert not root.exists()


def test_no_network_is_named(drive, root, monkeypatch):
    requests = pytest.importorskip("requests")
    for variable in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        requests.get("http://127.0.0.1:9/")
    drive.failure = caught.value
    with pytest.raises(DataError, match=r"no network connection to the server \(Connection refused\); expected 3"):
        prepare_dataset("celeba", root=root)
    drive.failure = requests.exceptions.HTTPError("404 Client Error: Not Found for url: https://drive.google.com/uc?x")
    with pytest.raises(DataError, match=r"the server answered 404: Not Found; expected 3"):
        prepare_dataset("celeba", root=root)
    assert not root.exists()


def test_wrong_checksum_is_named(drive, root, tmp_path):
    (tmp_path / "drive" / "list_attr_celeba.txt").write_text("other")
    with pytest.raises(DataError, match=r"a file arrived damaged \(its checksum is not the publisher's\)"):
        prepare_dataset("celeba", root=root)
    assert not root.exists()


@pytest.mark.skipif(importlib.util.find_spec("gdown") is not None, reason="gdown is installed")
def test_gdown_is_asked_for(tmp_path):
    with pytest.raises(DataError, match="the package gdown, which fetches from Google Drive, is not installed"):
        prepare_dataset("celeba", root=tmp_path / "root")


def test_catalog_and_files_are_torchvisions():
    info = find_dataset("celeba")
    assert info in list_datasets()
    assert info.n_train + info.n_validation + info.n_test == 202_599
    assert info.image_shape == (3, 64, 64)
    assert "non-commercial research only" in info.licence
    known = {
        name: (file_id, md5)
        for file_id, md5, name in pytest.importorskip("torchvision").datasets.CelebA.file_list
        if name in celeba.DRIVE
    }
    assert known == {name: (file.file_id, file.md5) for name, file in celeba.DRIVE.items()}
    assert set(known) == {f"{celeba.IMAGES}.zip", celeba.PARTITIONS, celeba.ATTRIBUTES}
