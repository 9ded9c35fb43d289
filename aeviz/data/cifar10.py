"""cifar10: 60,000 small colour photographs, read from the publisher's binary files.

    ROOT/cifar-10-batches-bin/data_batch_1.bin ... data_batch_5.bin, test_batch.bin
    ROOT/cifar-10-batches-bin/aeviz-md5.json    digests of these files as `aeviz data prepare` unpacked them
    ROOT/cifar-10-binary.tar.gz                 optional: where it lies, `aeviz data prepare` downloads nothing

A file holds 10,000 records of 3,073 bytes: the label, then 32 x 32 red, green and blue values, row by row. The
publisher's Python files are pickles, which may run code when they are read, so they are not used.

References:
    A. Krizhevsky, Learning multiple layers of features from tiny images, Univ. of Toronto, 2009,
    https://www.cs.toronto.edu/~kriz/cifar.html.
"""

import hashlib
import json
import shutil
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aeviz.config import DataConfig
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.download import Publication, count_bytes, download_file, fetch
from aeviz.data.source import DatasetInfo, Report, Source
from aeviz.data.splits import hold_out
from aeviz.errors import DataError

FOLDER, ARCHIVE, DIGESTS = "cifar-10-batches-bin", "cifar-10-binary.tar.gz", "aeviz-md5.json"
URL = f"https://www.cs.toronto.edu/~kriz/{ARCHIVE}"
ARCHIVE_BYTES, ARCHIVE_MD5 = 170_052_171, "c32a1d4ab5d03f1284b67883e8d87530"
TRAIN_FILES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST_FILES = ("test_batch.bin",)
PER_FILE = 10_000
"""Images in each file."""
SIDE = 32
"""Height and width in pixels."""
CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_RECORD_BYTES = 1 + 3 * SIDE * SIDE
_REMEDY = f"delete the folder and run `aeviz data prepare cifar10`, or unpack the publisher's {ARCHIVE} again"


class Cifar10Source(Source):
    """Small colour photographs in ten classes."""

    info = DatasetInfo(
        name="cifar10",
        title="CIFAR-10",
        image_shape=(3, SIDE, SIDE),
        n_train=50_000,
        n_test=10_000,
        embedded=False,
        bytes_download=ARCHIVE_BYTES,
        source="A. Krizhevsky, Learning multiple layers of features from tiny images, Univ. of Toronto, 2009, "
        "https://www.cs.toronto.edu/~kriz/cifar.html",
        licence="the publisher states none and asks to be cited",
    )

    def is_available(self, root: Path) -> bool:
        """Return whether all six files are there with the right size. Opens none of them."""
        return not _list_missing(root / FOLDER, (*TRAIN_FILES, *TEST_FILES))

    def bytes_to_download(self, root: Path) -> int:
        """Return 0 where the archive only has to be unpacked."""
        return 0 if self.is_available(root) or _is_archive_size(root / ARCHIVE) else ARCHIVE_BYTES

    def prepare(self, root: Path, report: Report) -> Path:
        """Unpack the archive that lies in the data root, or else download it, where files are missing.

        Raises:
            DataError: The archive is not the publisher's, although it has its size; or the download failed.
        """
        target = root / FOLDER
        if not self.is_available(root):
            archive = root / ARCHIVE if _is_archive_size(root / ARCHIVE) else None
            if archive is not None:
                report(0.0, "cifar10: checking the archive")
                _check_archive(archive)
            fetch(_describe_publication(archive), root, report)
            report(1.0, f"cifar10: ready in {target}")
        return target

    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        """Return one split: images (N, 3, 32, 32), uint8, labels 0..9."""
        if split == "test":
            return _read_part(root / FOLDER, TEST_FILES, "test")
        return hold_out(_read_part(root / FOLDER, TRAIN_FILES, "train"), config, split)


def unpack(archive: Path, folder: Path) -> None:
    """Copy the six files of images out of the archive, and write down their digests.

    Only these members are read, by their names, and none of the paths in the archive is used.

    Raises:
        RuntimeError: The archive is damaged or does not hold them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digests: dict[str, str] = {}
    wanted = {f"{FOLDER}/{name}": name for name in (*TRAIN_FILES, *TEST_FILES)}
    try:
        with tarfile.open(archive, "r:gz") as content:
            for member in content:
                name = wanted.get(member.name)
                stream = content.extractfile(member) if name and member.isreg() else None
                if name is None or stream is None or member.size != PER_FILE * _RECORD_BYTES:
                    continue
                with stream, (folder / name).open("wb") as target:
                    shutil.copyfileobj(stream, target)
                digests[name] = _digest(folder / name)
    except (tarfile.TarError, EOFError, zlib.error) as exc:
        raise RuntimeError(f"the archive is corrupted: {exc}") from exc
    if missing := [name for name in wanted.values() if name not in digests]:
        raise RuntimeError(f"the archive is corrupted: it holds no {missing[0]} of the expected size")
    (folder / DIGESTS).write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


def _describe_publication(archive: Path | None) -> Publication:
    """Return the data set as it is unpacked from an archive that was checked, or else downloaded."""

    def download(root: Path) -> None:
        fresh = root / ARCHIVE
        if archive is not None:
            unpack(archive, root / FOLDER)
            return
        download_file(URL, fresh, n_bytes=ARCHIVE_BYTES, md5=ARCHIVE_MD5)
        unpack(fresh, root / FOLDER)
        fresh.unlink()

    return Publication(
        name="cifar10",
        folder=Path(FOLDER),
        download=download,
        expected=f"one file of {ARCHIVE_BYTES / 1e6:.1f} MB",
        by_hand=", ".join((*TRAIN_FILES, *TEST_FILES)),
        n_bytes=ARCHIVE_BYTES,
        count_arrived=lambda root: (count_bytes(root, ARCHIVE), count_bytes(root, "*")),
    )


def _is_archive_size(path: Path) -> bool:
    try:
        return path.stat().st_size == ARCHIVE_BYTES
    except OSError:  # it is not there
        return False


def _check_archive(path: Path) -> None:
    """Raise DataError unless the archive is the publisher's. Nobody who asked to unpack it wants it downloaded."""
    remedy = "delete it and run `aeviz data prepare cifar10`, which downloads it"
    try:
        md5 = _digest(path)
    except OSError as exc:
        raise DataError(f"{path} cannot be read: {exc.strerror}; expected a readable file; {remedy}") from exc
    if md5 != ARCHIVE_MD5:
        raise DataError(f"{path} is damaged: its md5 is {md5}; expected {ARCHIVE_MD5}; {remedy}")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _list_missing(folder: Path, names: Sequence[str]) -> list[str]:
    missing = []
    for name in names:
        try:
            is_whole = (folder / name).stat().st_size == PER_FILE * _RECORD_BYTES
        except OSError:
            is_whole = False
        if not is_whole:
            missing.append(name)
    return missing


def _read_part(folder: Path, names: Sequence[str], part: SplitName) -> ImageDataset:
    if missing := _list_missing(folder, names):
        raise DataError(
            f"data set 'cifar10' is not on this machine: found no {' and no '.join(missing)} of "
            f"{PER_FILE * _RECORD_BYTES:,} bytes in {folder}; run `aeviz data prepare cifar10`, or set AEVIZ_DATA to a "
            f"folder that holds {FOLDER}, or use the built-in 'digits' or 'circles'"
        )
    digests = _read_digests(folder / DIGESTS)
    images = np.empty((len(names) * PER_FILE, 3, SIDE, SIDE), np.uint8)
    labels = np.empty(len(images), np.int64)
    for place, name in enumerate(names):
        records = _read_records(folder / name, digests.get(name))
        rows = slice(place * PER_FILE, (place + 1) * PER_FILE)
        labels[rows] = records[:, 0]
        images[rows] = records[:, 1:].reshape(-1, 3, SIDE, SIDE)
    return ImageDataset(images=images, labels=labels, class_names=CLASS_NAMES, name="cifar10", split=part)


def _read_records(path: Path, md5: str | None) -> NDArray[np.uint8]:
    """Return the records of a file, (10,000, 3,073), after checking its digest if that is known, and its labels."""
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise DataError(f"{path} cannot be read: {exc.strerror}; expected a readable file; {_REMEDY}") from exc
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if md5 is not None and found != md5:
        raise DataError(f"{path} is damaged: its md5 is {found}; expected {md5}; {_REMEDY}")
    records = np.frombuffer(content, np.uint8).reshape(PER_FILE, _RECORD_BYTES)
    if records[:, 0].max() >= len(CLASS_NAMES):
        raise DataError(f"{path} holds the label {records[:, 0].max()}; expected 0 to 9; {_REMEDY}")
    return records


def _read_digests(path: Path) -> dict[str, str]:
    """Return the digests that `unpack` wrote; none where a person unpacked the archive."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(md5) for name, md5 in values.items()} if isinstance(values, dict) else {}
