"""Which files of a folder of images belong to which split and class.

    PATH/*.png                      images without labels
    PATH/CLASS/*.png                one subfolder for each class
    PATH/train/..., PATH/test/...   either of the two in both, if the person has chosen the test images
    PATH/train/..., PATH/val/...    the same for validation images; with or without PATH/test

`training`, `testing`, `valid` and `validation` are understood too, in capitals or not. Hidden files, files that are no
images and anything deeper are ignored.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aeviz.data.dataset import SplitName
from aeviz.data.image_files import SUFFIXES
from aeviz.data.names import printable
from aeviz.errors import DataError

FOLDER_PREFIX = "folder:"
"""Prefix of the name of a data set that is a folder of images."""
MIN_IMAGES = 12
_TEST_FRACTION = 1 / 6
_SPLIT_SEED = 0
"""Fixes the test images whatever `DataConfig.split_seed` is."""
_SPLIT_FOLDERS: dict[str, SplitName] = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}
"""Names of subfolders, in lower case, that stand for a split if one for training is among them."""
_MOST_SEARCHED = 1000
"""Folders that are looked into at most to find images that lie too deep."""

Entry = tuple[Path, str | None]
"""An image's file and the name of its class, printable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The images of a folder by split, each list sorted by class folder and file name."""

    train: list[Entry]
    """Training images; if `validation` is None, with those that are still to be held out for validation."""
    validation: list[Entry] | None
    """Validation images that the person has chosen."""
    test: list[Entry]

    @property
    def entries(self) -> list[Entry]:
        """All images."""
        return self.train + (self.validation or []) + self.test


def list_images(folder: Path) -> Layout:
    """Find the images of a folder. Opens none of them.

    A sixth of the training images, chosen by a fixed permutation, is the test set unless the person has chosen one.

    Raises:
        DataError: The folder is missing, empty, mixed or too small, or a split would have no image; the message says
            what to do.
    """
    files, subfolders = list_folder(folder)
    chosen = _find_split_folders(folder, subfolders)
    if chosen:
        beside = files + [path for path in subfolders if path not in chosen.values() and any(list_folder(path))]
        if beside:
            raise DataError(
                f"image folder {printable(folder)} has {_join(chosen.values())} subfolders and beside them "
                f"{_quote(beside)}; expected nothing else with images; move the rest elsewhere"
            )
        parts: dict[SplitName, list[Entry]] = {split: _list_entries(path, split) for split, path in chosen.items()}
        if len({any(label is not None for _, label in entries) for entries in parts.values()}) > 1:
            raise DataError(
                f"image folder {printable(folder)} has class subfolders in some of {_join(chosen.values())} only; "
                "expected them in all or in none; sort all the same way"
            )
    else:
        parts = {"train": _list_entries(folder)}
    train, validation, test = parts["train"], parts.get("validation"), parts.get("test")
    if test is None:
        permutation = np.random.default_rng(_SPLIT_SEED).permutation(len(train))
        n_test = max(1, round(len(train) * _TEST_FRACTION))
        test = [train[index] for index in np.sort(permutation[:n_test])]
        train = [train[index] for index in np.sort(permutation[n_test:])]
    layout = Layout(train=train, validation=validation, test=test)
    n = len(layout.entries)
    if n < MIN_IMAGES:
        raise DataError(
            f"image folder {printable(folder)} holds {n} images; expected at least {MIN_IMAGES}, so that training, "
            "validation and test each get some; add images"
        )
    if len(layout.train) < (2 if validation is None else 1):
        raise DataError(_describe_few(folder, len(parts["train"]), chosen))
    return layout


def list_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return a folder's images and its subfolders, each sorted by name, without hidden ones.

    Raises:
        DataError: The folder cannot be opened.
    """
    try:
        inside = sorted((path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX"))), key=_name)
        subfolders = [path for path in inside if path.is_dir()]
        return [path for path in inside if path.suffix.lower() in SUFFIXES and path.is_file()], subfolders
    except (OSError, ValueError) as exc:  # ValueError: a null byte
        reason = exc.strerror if isinstance(exc, OSError) else str(exc)
        raise DataError(
            f"image folder {printable(folder)} cannot be opened: {reason}; expected a folder of images; check the path "
            f"after '{FOLDER_PREFIX}'"
        ) from exc


def _find_split_folders(folder: Path, subfolders: Sequence[Path]) -> dict[SplitName, Path]:
    """Return the subfolders that stand for splits; none unless there is one for training and another."""
    found: dict[SplitName, Path] = {}
    for path in subfolders:
        split = _SPLIT_FOLDERS.get(path.name.lower())
        if split is None:
            continue
        if split in found:
            raise DataError(
                f"image folder {printable(folder)} has two subfolders of {split} images, {_quote([found[split], path])}"
                "; expected one; join them"
            )
        found[split] = path
    return found if "train" in found and len(found) > 1 else {}


def _list_entries(folder: Path, split: SplitName | None = None) -> list[Entry]:
    """Return the images of a folder, which the person has chosen for `split` if that is given."""
    files, subfolders = list_folder(folder)
    classes = {path: list_folder(path)[0] for path in subfolders}
    classes = {path: members for path, members in classes.items() if members}
    if files and classes:
        raise DataError(
            f"image folder {printable(folder)} is mixed: {len(files)} images lie beside subfolders with images, "
            f"{_quote(list(classes))}; expected images only (no labels) or one subfolder for each class; move the "
            "images into subfolders or the subfolders elsewhere"
        )
    if not files and not classes:
        raise DataError(_describe_empty(folder, split))
    names = {path: printable(path.name) for path in classes}
    for name, count in Counter(names.values()).items():
        if count > 1:
            raise DataError(
                f"image folder {printable(folder)} has {count} class subfolders whose names are both shown as "
                f"{name!r}; expected names that differ; rename one"
            )
    return [(path, None) for path in files] + [(path, names[home]) for home in classes for path in classes[home]]


def _describe_few(folder: Path, count: int, chosen: Mapping[SplitName, Path]) -> str:
    """Return the message about training images that are too few to give some to each split without images."""
    others = [split for split in ("validation", "test") if split not in chosen]
    return (
        f"image folder {printable(folder)} has {count} {'image' if count == 1 else 'images'} in "
        f"{_quote([chosen['train']])}, from which {' and '.join(others)} images are taken too; expected at least "
        f"{1 + len(others)}, so that each gets one; add images"
    )


def _describe_empty(folder: Path, split: SplitName | None) -> str:
    """Return the message about a folder without images; it names the place where some lie too deep."""
    deeper = _find_deeper(folder)
    if deeper is not None:
        home = deeper.parent if sum(bool(_list_or_skip(path)[0]) for path in _siblings(deeper)) > 1 else deeper
        for path in (home, home.parent):
            if path.name.lower() in _SPLIT_FOLDERS and path.parent != folder:
                home = path.parent
        return (
            f"image folder {printable(folder)} holds no images directly or in its subfolders, but some lie deeper, in "
            f"{printable(deeper.relative_to(folder))!r}; expected images or one subfolder for each class; use "
            f"'{FOLDER_PREFIX}{printable(home)}'"
        )
    remedy = "check the path" if split is None else f"add {split} images, or remove this folder"
    return (
        f"image folder {printable(folder)} holds no images; expected {', '.join(SUFFIXES)} files, directly or in one "
        f"subfolder for each class; {remedy}"
    )


def _find_deeper(folder: Path) -> Path | None:
    """Return the first folder with images below the subfolders of a folder, searching level by level."""
    waiting, searched = deque(_list_or_skip(folder)[1]), 0
    while waiting and searched < _MOST_SEARCHED:
        files, subfolders = _list_or_skip(path := waiting.popleft())
        searched += 1
        if files:
            return path
        waiting += [path for path in subfolders if not path.is_symlink()]  # a link may lead round in a circle
    return None


def _siblings(folder: Path) -> list[Path]:
    return _list_or_skip(folder.parent)[1][:_MOST_SEARCHED]


def _list_or_skip(folder: Path) -> tuple[list[Path], list[Path]]:
    try:
        return list_folder(folder)
    except DataError:  # not ours to look into
        return [], []


def _name(path: Path) -> str:
    return path.name


def _quote(paths: Sequence[Path], most: int = 3) -> str:
    return ", ".join(repr(printable(path.name)) for path in paths[:most]) + (", ..." if len(paths) > most else "")


def _join(paths: Iterable[Path]) -> str:
    *first, last = sorted(printable(path.name) for path in paths)
    return f"{', '.join(first)} and {last}"
