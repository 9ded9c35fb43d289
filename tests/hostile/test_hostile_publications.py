"""What publishers hand out, mutated: the archive of CIFAR-10, and photographs and lists of CelebA."""

import gzip
import io
import shutil
import tarfile
import zipfile

import numpy as np
from hostile_files import mutated_zips, mutations, picture
from hostile_outcome import MB, levels, outcomes

from aeviz.config import DataConfig
from aeviz.data import celeba, cifar10
from aeviz.data.celeba_files import ATTRIBUTES, IMAGES, PARTITIONS
from aeviz.data.download import fetch
from aeviz.errors import DataError

NAMES = [f"{number:06d}.jpg" for number in range(1, 13)]


def quiet(share, text):
    pass


def cifar_archive():
    rng = np.random.default_rng(0)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
        for name in (*cifar10.TRAIN_FILES, *cifar10.TEST_FILES):
            records = rng.integers(0, 10, (2, 3073), dtype=np.uint8)
            info = tarfile.TarInfo(f"{cifar10.FOLDER}/{name}")
            info.size = records.nbytes
            archive.addfile(info, io.BytesIO(records.tobytes()))
    return out.getvalue()


@levels("archive")
def test_archives_of_cifar(tmp_path, monkeypatch, count):
    monkeypatch.setattr(cifar10, "PER_FILE", 2)
    source, archive = cifar10.Cifar10Source(), tmp_path / "archive"

    def read(content):
        shutil.rmtree(tmp_path / cifar10.FOLDER, ignore_errors=True)
        archive.write_bytes(content)
        fetch(cifar10._describe_publication(archive), tmp_path, quiet)
        return source.read(DataConfig(name="cifar10"), "train", tmp_path, quiet).images.sum()

    whole = cifar_archive()
    found = [whole, *mutations(whole, 0, count // 2)]
    found += [gzip.compress(each, 1) for each in mutations(gzip.decompress(whole), 1, count // 2)]
    results, messages = outcomes(found, read, tmp_path, errors=DataError, cap=300 * MB)
    assert results
    assert messages > count // 4


def photographs():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place, name in enumerate(NAMES):
            archive.writestr(f"{IMAGES}/{name}", picture("JPEG", (178, 218), "RGB", place))
    return out.getvalue()


def write_lists(folder):
    folder.mkdir()
    (folder / PARTITIONS).write_text("".join(f"{name} {place % 3}\n" for place, name in enumerate(NAMES)))
    rows = "".join(f"{name} {' 1 -1' if place % 2 else '-1  1'}\n" for place, name in enumerate(NAMES))
    (folder / ATTRIBUTES).write_text(f"{len(NAMES)}\nSmiling Male\n{rows}")


@levels("archive")
def test_photographs_of_celeba(tmp_path, monkeypatch, count):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    write_lists(tmp_path / celeba.NAME)
    archive = tmp_path / celeba.NAME / "photographs.zip"

    def read(content):
        for folder in (tmp_path / celeba.NAME / IMAGES, tmp_path / "cache"):
            shutil.rmtree(folder, ignore_errors=True)
        archive.write_bytes(content)
        fetch(celeba._describe_archive(archive), tmp_path, quiet)
        return sum(
            len(celeba._read_partition(split, tmp_path / celeba.NAME).source.names) for split in ("train", "test")
        )

    whole = photographs()
    results, messages = outcomes(
        [whole, *mutated_zips(whole, 0, count)], read, tmp_path, errors=DataError, cap=300 * MB
    )
    assert results
    assert messages


@levels("archive")
def test_lists_of_celeba(tmp_path, count):
    folder = tmp_path / celeba.NAME
    write_lists(folder)
    with zipfile.ZipFile(io.BytesIO(photographs())) as archive:
        archive.extractall(folder)
    for name in (PARTITIONS, ATTRIBUTES):
        good = (folder / name).read_bytes()

        def read(content, path=folder / name):
            path.write_bytes(content)
            return celeba._read_partition("train", folder)

        results, messages = outcomes([good, *mutations(good, 0, count)], read, tmp_path, errors=DataError, cap=300 * MB)
        assert results
        assert messages
        (folder / name).write_bytes(good)
