import io
import json
import re
import tarfile

import numpy as np
import pytest
from publisher import Publisher

from aeviz.data import bytes_to_download, cifar10, is_available, load_dataset, prepare_dataset
from aeviz.errors import DataError

FILES = (*cifar10.TRAIN_FILES, *cifar10.TEST_FILES)


def make_records(n, seed):
    rng = np.random.default_rng(seed)
    records = rng.integers(0, 256, (n, 3073), dtype=np.uint8)
    records[:, 0] = rng.integers(0, 10, n)
    return records


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """The publisher's archive in small, 12 images a file, in a folder of its own; aeviz takes it for the real one."""
    monkeypatch.setattr(cifar10, "PER_FILE", 12)
    path = tmp_path / "publisher" / cifar10.ARCHIVE
    path.parent.mkdir()
    with tarfile.open(path, "w:gz") as content:

        def add(name, data):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            content.addfile(member, io.BytesIO(data))

        add("../outside.bin", b"must not be written")
        add(f"{cifar10.FOLDER}/readme.html", b"not an image")
        for seed, name in enumerate(FILES):
            add(f"{cifar10.FOLDER}/{name}", make_records(12, seed).tobytes())
    server = Publisher({path.name: path})
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(cifar10, "URL", f"{server.url}{path.name}")
    announce(path, monkeypatch)
    yield path
    server.close()


def announce(path, monkeypatch):
    monkeypatch.setattr(cifar10, "ARCHIVE_BYTES", path.stat().st_size)
    monkeypatch.setattr(cifar10, "ARCHIVE_MD5", cifar10._digest(path))


@pytest.fixture
def root(tmp_path, archive):
    """A data root with the downloaded data set."""
    prepare_dataset("cifar10", root=tmp_path / "root")
    return tmp_path / "root"


def test_download_leaves_the_six_files_alone(root, tmp_path, archive):
    assert sorted(path.name for path in root.iterdir()) == [cifar10.FOLDER]
    assert {path.name for path in (root / cifar10.FOLDER).iterdir()} == {*FILES, cifar10.DIGESTS}
    assert not list(tmp_path.rglob("outside.bin"))
    assert is_available("cifar10", root)
    archive.unlink()
    assert prepare_dataset("cifar10", root=root) == root / cifar10.FOLDER  # downloads nothing again


def test_records_become_images_and_labels(root):
    test = load_dataset("cifar10", root=root)
    records = make_records(12, 5)
    np.testing.assert_array_equal(test.labels, records[:, 0])
    np.testing.assert_array_equal(test.images[:, 0, 0, 0], records[:, 1])  # red, first row, first column
    np.testing.assert_array_equal(test.images[:, 1, 0, 1], records[:, 1 + 1024 + 1])  # green, first row
    np.testing.assert_array_equal(test.images[:, 2, 31, 31], records[:, -1])  # blue, last row
    assert test.image_shape == (3, 32, 32)
    assert test.class_names[3] == "cat"
    train, validation = (load_dataset("cifar10", split, root=root) for split in ("train", "validation"))
    assert (len(train), len(validation)) == (50, 10)


def test_archive_in_the_data_root_is_unpacked_without_a_download(tmp_path, archive, monkeypatch):
    (tmp_path / "root").mkdir()
    archive.rename(tmp_path / "root" / cifar10.ARCHIVE)
    monkeypatch.setattr(cifar10, "download_file", lambda *args, **options: pytest.fail("downloaded"))
    prepare_dataset("cifar10", root=tmp_path / "root")
    assert len(load_dataset("cifar10", root=tmp_path / "root")) == 12
    assert (tmp_path / "root" / cifar10.ARCHIVE).is_file()


def test_damaged_archive_in_the_data_root_is_named_and_not_downloaded_instead(tmp_path, archive, monkeypatch):
    root = tmp_path / "root"
    root.mkdir()
    content = bytearray(archive.read_bytes())
    content[-20] ^= 1
    (root / cifar10.ARCHIVE).write_bytes(content)
    assert bytes_to_download("cifar10", root) == 0  # as the button says
    with pytest.raises(
        DataError, match=r"tar\.gz is damaged: its md5 is .*; expected .*; delete it and run `aeviz data"
    ):
        prepare_dataset("cifar10", root=root)
    assert [path.name for path in root.iterdir()] == [cifar10.ARCHIVE]
    (root / cifar10.ARCHIVE).write_bytes(content[:-1])  # of another size, so that a download is announced
    assert bytes_to_download("cifar10", root) == len(content)
    prepare_dataset("cifar10", root=root)
    assert is_available("cifar10", root)


def test_flipped_byte_is_found(root):
    path = root / cifar10.FOLDER / "test_batch.bin"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"{re.escape(str(path))} is damaged: its md5 is .*; expected .*prepare cifar"):
        load_dataset("cifar10", root=root)


@pytest.mark.parametrize("content", [b"", b"x" * 3073])
def test_file_of_another_size_is_not_here(root, content):
    (root / cifar10.FOLDER / "data_batch_3.bin").write_bytes(content)
    assert not is_available("cifar10", root)
    with pytest.raises(DataError, match=r"found no data_batch_3\.bin of 36,876 bytes in .*; run `aeviz data prepare"):
        load_dataset("cifar10", "train", root=root)
    assert len(load_dataset("cifar10", "test", root=root)) == 12


def test_label_beyond_the_classes_is_an_error(root):
    folder = root / cifar10.FOLDER
    records = make_records(12, 5)
    records[3, 0] = 10
    (folder / "test_batch.bin").write_bytes(records.tobytes())
    (folder / cifar10.DIGESTS).write_text("[]")  # as where a person unpacked the archive
    with pytest.raises(DataError, match=r"test_batch\.bin holds the label 10; expected 0 to 9"):
        load_dataset("cifar10", root=root)


def test_damaged_download_leaves_nothing(tmp_path, archive, monkeypatch):
    monkeypatch.setattr(cifar10, "ARCHIVE_MD5", "0" * 32)
    with pytest.raises(DataError, match=r"a file arrived damaged \(its checksum is not the publisher's\)"):
        prepare_dataset("cifar10", root=tmp_path / "root")
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("damage", ["no archive", "cut off", "a file missing"])
def test_archive_that_cannot_be_unpacked_leaves_nothing(tmp_path, archive, monkeypatch, damage):
    content = archive.read_bytes()
    if damage == "no archive":
        archive.write_bytes(b"x" * 500)
    elif damage == "cut off":
        archive.write_bytes(content[: len(content) // 2])
    else:
        monkeypatch.setattr(cifar10, "PER_FILE", 13)
    announce(archive, monkeypatch)
    with pytest.raises(DataError, match="a file arrived damaged"):
        prepare_dataset("cifar10", root=tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_missing_page_is_named(tmp_path, archive, monkeypatch):
    monkeypatch.setattr(cifar10, "URL", "http://127.0.0.1:9/cifar")
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(DataError, match=r"no network connection to the server \(Connection refused\); expected one"):
        prepare_dataset("cifar10", root=tmp_path / "root")


def test_digests_are_written_for_every_file(root):
    digests = json.loads((root / cifar10.FOLDER / cifar10.DIGESTS).read_text())
    assert set(digests) == set(FILES)
