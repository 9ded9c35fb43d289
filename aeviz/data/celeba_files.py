"""CelebA's files as they lie on a disk: photographs and two lists, from the publisher or from a copy.

    ROOT/celeba/img_align_celeba/*.jpg     178 x 218 pixels; a part of them is enough
    ROOT/celeba/list_eval_partition.txt    000001.jpg 0     (0 train, 1 validation, 2 test)
    ROOT/celeba/list_attr_celeba.txt       count, names, then 000001.jpg -1 1 1 -1 ...

Kaggle's copy is read as it is unpacked: the photographs in img_align_celeba/img_align_celeba, the lists as .csv.
img_align_celeba.zip beside the lists is unpacked instead of downloading the photographs once more, and so is Kaggle's
own archive, whatever its name, which holds the lists too.
"""

import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aeviz.data.dataset import SplitName
from aeviz.data.imports.archive import check_directory
from aeviz.errors import DataError
from aeviz.records import shorten

NAME = "celeba"
IMAGES, PARTITIONS, ATTRIBUTES = "img_align_celeba", "list_eval_partition.txt", "list_attr_celeba.txt"
"""The folder of photographs and the two lists that must lie in ROOT/celeba."""
ARCHIVE = f"{IMAGES}.zip"
_MOST_PHOTOGRAPHS, _MOST_BYTES = 202_599, 1_000_000
"""How many files an archive may hold, and how many bytes each of them; the largest photograph has 30 kB."""
_MOST_LIST_BYTES = 50_000_000
"""Bytes of a list in an archive; the larger one has 27 MB."""
_LISTS = frozenset(str(Path(name).with_suffix(end)) for name in (PARTITIONS, ATTRIBUTES) for end in (".txt", ".csv"))
_PHOTOGRAPH = re.compile(r"[0-9]{6}\.jpg")
_CODES: dict[SplitName, str] = {"train": "0", "validation": "1", "test": "2"}
"""How the list of partitions writes them."""


def celeba_folder(root: Path) -> Path:
    """Return the folder of the photographs and lists below the data root."""
    return root / NAME


def photographs_folder(folder: Path) -> Path:
    """Return the folder of the photographs themselves, which lies one level deeper in Kaggle's copy."""
    nested = folder / IMAGES / IMAGES
    return nested if not _holds_photographs(folder / IMAGES) and _holds_photographs(nested) else folder / IMAGES


def find_list(folder: Path, name: str) -> Path | None:
    """Return the publisher's list, or else Kaggle's .csv; None where neither is there or both are empty."""
    for path in (folder / name, (folder / name).with_suffix(".csv")):
        try:
            if path.is_file() and path.stat().st_size > 0:
                return path
        except OSError:  # not ours to look at
            continue
    return None


def list_missing(folder: Path) -> list[str]:
    """Return the names of the missing files, for a message. Opens no file."""
    missing = [name for name in (PARTITIONS, ATTRIBUTES) if find_list(folder, name) is None]
    return missing if _holds_photographs(photographs_folder(folder)) else [f"{IMAGES}/*.jpg", *missing]


def find_archive(folder: Path) -> Path | None:
    """Return an archive whose unpacking completes the data set: photographs, with the lists where they are missing."""
    missing = {Path(name).stem for name in list_missing(folder)} - {"*"}
    archive = folder / ARCHIVE
    if not missing and zipfile.is_zipfile(archive):
        return archive
    try:
        others = sorted(folder.glob("*.zip"))
        stamped = [(path, path.stat().st_mtime_ns) for path in others]
    except OSError:  # no such folder, or not ours to look into
        return None
    return next((path for path, stamp in stamped if missing <= _lists_in(path, stamp)), None)


@lru_cache(maxsize=8)
def _lists_in(archive: Path, stamp: int) -> frozenset[str]:
    """Return which lists an archive of photographs holds, without their endings; none if it holds no photographs."""
    try:
        check_directory(archive, archive.name)
        with zipfile.ZipFile(archive) as content:
            names = {name.rpartition("/")[2] for name in content.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return frozenset()
    if not any(_PHOTOGRAPH.fullmatch(name) for name in names):
        return frozenset()
    return frozenset(Path(name).stem for name in names if name in _LISTS)


def unpack_photographs(archive: Path, folder: Path, count: Callable[[int], None]) -> None:
    """Copy the photographs out of an archive, and the lists beside their folder; of paths only names of files count.

    Args:
        archive: img_align_celeba.zip.
        folder: Where to write them; it is made.
        count: Called with the bytes of the archive that each took.

    Raises:
        RuntimeError: The archive is damaged or holds no photographs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    n_files = 0
    try:
        with zipfile.ZipFile(archive) as content:
            for member in content.infolist():
                name = member.filename.rpartition("/")[2]
                if name in _LISTS and member.file_size <= _MOST_LIST_BYTES:
                    (folder.parent / name).write_bytes(content.read(member))
                is_photograph = _PHOTOGRAPH.fullmatch(name) and member.file_size <= _MOST_BYTES
                if not is_photograph or n_files == _MOST_PHOTOGRAPHS:
                    continue
                with content.open(member) as stream, (folder / name).open("wb") as target:
                    shutil.copyfileobj(stream, target)
                n_files += 1
                count(member.compress_size)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError) as exc:
        raise RuntimeError(f"the archive is corrupted: {exc}") from exc
    if n_files == 0:
        raise RuntimeError(f"the archive is corrupted: it holds no photographs such as {IMAGES}/000001.jpg")


def read_list(path: Path) -> str:
    """Return the text of a list in the publisher's form, also where the file is Kaggle's.

    Raises:
        DataError: The file cannot be read.
    """
    try:
        text = path.read_bytes().decode("ascii")
    except (OSError, UnicodeDecodeError) as exc:
        raise DataError(
            f"{path} cannot be read: {exc}; expected the publisher's list in plain text; copy it again"
        ) from exc
    if path.suffix != ".csv":
        return text
    header, *lines = text.replace(",", " ").splitlines() or [""]
    names = header.partition(" ")[2]  # after image_id
    first = [] if path.stem == Path(PARTITIONS).stem else [str(len(lines)), names]
    return "\n".join([*first, *lines])


def names_of(split: SplitName, path: Path, text: str) -> list[str]:
    """Return the file names that the list of partitions gives to a split, in its order."""
    names = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if fields and (len(fields) != 2 or fields[1] not in _CODES.values()):
            raise DataError(
                f"{path} has {shorten(line)} in line {number}; expected a file name and 0 (train), 1 (validation) or 2 "
                "(test); copy the publisher's list again"
            )
        if fields and fields[1] == _CODES[split]:
            names.append(fields[0])
    return names


def stamp_files(folder: Path, wanted: set[str]) -> dict[str, str]:
    """Return size and time of change of the wanted files that are in a folder."""
    stamps = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name in wanted:
                    found = entry.stat()
                    stamps[entry.name] = f"{found.st_size} {found.st_mtime_ns}"
    except OSError as exc:
        raise DataError(
            f"photographs of {NAME!r} in {folder} cannot be listed: {exc.strerror}; expected a folder that can be read"
        ) from exc
    return stamps


def read_attributes(path: Path, text: str, names: tuple[str, ...]) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return the attributes of the named images, (N, A), and the names of the A attributes."""
    lines = text.splitlines()
    header = tuple(lines[1].split()) if len(lines) > 1 else ()
    if not header:
        raise DataError(
            f"{path} names no attributes in its second line; expected 40 names; copy the publisher's list again"
        )
    rows = dict.fromkeys(names, "")
    for line in lines[2:]:
        name, _, values = line.partition(" ")
        if name in rows:
            rows[name] = values.replace("-1", "0").replace(" ", "")  # "-1  1" becomes "01"
    for name, row in rows.items():
        if len(row) != len(header) or row.strip("01"):
            found = f"{len(row)} values" if row else "no line"
            raise DataError(
                f"{path} has {found} for {shorten(name)}; expected -1 or 1 for each of the {len(header)} attributes "
                "that its second line names; copy the publisher's list again"
            )
    content = "".join(rows[name] for name in names).encode()
    return (np.frombuffer(content, dtype=np.uint8) == ord("1")).reshape(len(names), len(header)), header


def _holds_photographs(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.endswith(".jpg") and entry.stat().st_size > 0 for entry in entries)
    except OSError:  # no such folder, or not ours to look into
        return False
