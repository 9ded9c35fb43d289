"""Which files of a folder of images belong to which split and class.

    PATH/*.png                      images without labels, or with those of a table such as labels.csv
    PATH/CLASS/*.png                one subfolder for each class
    PATH/train/..., PATH/test/...   either of the two in both, if the person has chosen the test images
    PATH/train/..., PATH/val/...    the same for validation images; with or without PATH/test

`training`, `testing`, `valid` and `validation` are understood too, in capitals or not, and with the same words around
each (seg_train, seg_test). Where a folder holds nothing but one subfolder, that is looked into. Hidden files, files
that are no images and anything deeper are ignored.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic

import numpy as np

from aeviz.data.dataset import SplitName
from aeviz.data.image_files import SUFFIXES
from aeviz.data.label_table import read_labels
from aeviz.data.names import printable
from aeviz.data.tree import DiskTree, P, Tree
from aeviz.errors import DataError

FOLDER_PREFIX = "folder:"
"""Prefix of the name of a data set that is a folder of images."""
MIN_IMAGES = 12
_TEST_FRACTION = 1 / 6
_SPLIT_SEED = 0
"""Fixes the test images whatever `DataConfig.split_seed` is."""
SPLIT_WORDS: dict[str, SplitName] = {
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
_DEEPEST = 16
"""Folders within each other, each with nothing but the next, that are passed at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Generic[P]):
    """The images of a folder by the splits that the person has chosen, each list sorted by class folder and file name.

    An entry is an image's file and the name of its class, printable, or None.
    """

    train: list[tuple[P, str | None]]
    """Training images; if another list is None, with those that are still to be held out for that."""
    validation: list[tuple[P, str | None]] | None
    test: list[tuple[P, str | None]] | None
    notes: list[str] = field(default_factory=list)
    """How they were found, sentence by sentence, where that is not plain to see."""
    unlabelled: list[P] = field(default_factory=list)
    """Images that were left out, since they have no label and the others do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The images of a folder on disk by split."""

    train: list[tuple[Path, str | None]]
    """Training images; if `validation` is None, with those that are still to be held out for validation."""
    validation: list[tuple[Path, str | None]] | None
    """Validation images that the person has chosen."""
    test: list[tuple[Path, str | None]]

    @property
    def entries(self) -> list[tuple[Path, str | None]]:
        """All images."""
        return self.train + (self.validation or []) + self.test


def list_images(folder: Path) -> Layout:
    """Find the images of a folder. Opens none of them.

    A sixth of the training images, chosen by a fixed permutation, is the test set unless the person has chosen one.

    Raises:
        DataError: The folder is missing, empty, mixed or too small, or a split would have no image; the message says
            what to do.
    """
    parts = arrange(DiskTree(), folder)
    train, test = parts.train, parts.test
    if test is None:
        kept, chosen = test_indices(len(train))
        train, test = [train[index] for index in kept], [train[index] for index in chosen]
    return Layout(train=train, validation=parts.validation, test=test)


def test_indices(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of those of n training images that stay, and of the sixth that becomes the test set."""
    permutation = np.random.default_rng(_SPLIT_SEED).permutation(n)
    n_test = max(1, round(n * _TEST_FRACTION))
    return np.sort(permutation[n_test:]), np.sort(permutation[:n_test])


def arrange(tree: Tree[P], root: P) -> Parts[P]:
    """Find the images of a folder and the splits that the person has chosen. Opens no image.

    Raises:
        DataError: As of `list_images`.
    """
    folder = _descend(tree, root)
    files, subfolders = tree.look(folder)
    unlabelled: list[P] = []
    chosen = _find_split_folders(folder, subfolders)
    if chosen:
        beside = files + [path for path in subfolders if path not in chosen.values() and any(tree.look(path))]
        if beside and not tree.is_import:
            raise DataError(
                f"image folder {printable(folder)} has {_join(chosen.values())} subfolders and beside them "
                f"{_quote(beside)}; expected nothing else with images; move the rest elsewhere"
            )
        found = {split: _list_entries(tree, path, split) for split, path in chosen.items()}
        bare = [split for split, entries in found.items() if not any(label for _, label in entries)]
        if tree.is_import and bare and "train" not in bare:  # a competition's test images, whose labels are secret
            unlabelled = [path for split in bare for path, _ in found.pop(split)]
        elif 0 < len(bare) < len(found):
            raise DataError(
                f"image folder {printable(folder)} has class subfolders in some of {_join(chosen.values())} only; "
                "expected them in all or in none; sort all the same way"
            )
    else:
        found = {"train": _list_entries(tree, folder)}
    parts: Parts[P] = Parts(
        train=found["train"],
        validation=found.get("validation"),
        test=found.get("test"),
        unlabelled=unlabelled,
        notes=[] if folder == root else [f"images were found in {printable(folder.relative_to(root))}"],
    )
    if len({label for _, label in parts.train}) == 1:  # none, or the name of the folder that they lie in
        parts = _with_table(tree, root, folder, chosen, parts)
    n = len(parts.train) + len(parts.validation or []) + len(parts.test or [])
    if n < MIN_IMAGES:
        raise DataError(
            f"image folder {printable(folder)} holds {n} images; expected at least {MIN_IMAGES}, so that training, "
            "validation and test each get some; add images"
        )
    n_train = len(parts.train) - (max(1, round(len(parts.train) * _TEST_FRACTION)) if parts.test is None else 0)
    if n_train < (2 if parts.validation is None else 1):
        raise DataError(_describe_few(folder, len(parts.train), chosen))
    return parts


def _descend(tree: Tree[P], folder: P) -> P:
    """Return the folder in which the images or their subfolders lie: the last of those with nothing but the next."""
    for _ in range(_DEEPEST):
        files, subfolders = tree.look(folder)
        if files or len(subfolders) != 1 or tree.is_link(subfolders[0]):
            break
        deeper, below = _look_or_skip(tree, subfolders[0])
        if not (deeper or below) or (deeper and not tree.is_import):  # else it is the one class
            break
        folder = subfolders[0]
    return folder


def _with_table(tree: Tree[P], root: P, folder: P, chosen: Mapping[SplitName, P], parts: Parts[P]) -> Parts[P]:
    """Return the images with the labels of the first table that names most of the training images."""
    homes, images = [folder, *chosen.values()], [path for path, _ in parts.train]
    while homes[0] != root:
        homes.insert(0, homes[0].parent)
    homes += [path.parent for path in images[:1] if path.parent not in homes]
    rest = [path for entries in (parts.validation, parts.test) for path, _ in entries or []]
    notes = list(parts.notes)
    for home in homes:
        names = {path.relative_to(home).as_posix(): path for path in images + rest if home in path.parents}
        n_train = sum(home in path.parents for path in images)
        for name, text in tree.tables(home):
            table = read_labels(name, text, list(names)[:n_train], list(names)[n_train:])
            if table is None:
                continue
            notes.append(table.note)
            labels = {names[image]: label for image, label in table.labels.items()}
            if sum(path in labels for path in images) * 2 >= len(images):
                return _labelled(parts, labels, notes)
    return replace(parts, notes=notes)


def _labelled(parts: Parts[P], labels: Mapping[P, str], notes: list[str]) -> Parts[P]:
    """Return the images that have a label, with it; a split of which none has one counts as not chosen."""

    def take(entries: Iterable[tuple[P, str | None]]) -> list[tuple[P, str | None]]:
        return [(path, labels[path]) for path, _ in entries if path in labels]

    everything = [path for part in (parts.train, parts.validation, parts.test) for path, _ in part or []]
    return Parts(
        train=take(parts.train),
        validation=take(parts.validation or []) or None,
        test=take(parts.test or []) or None,
        notes=notes,
        unlabelled=[path for path in everything if path not in labels],
    )


def _find_split_folders(folder: P, subfolders: Sequence[P]) -> dict[SplitName, P]:
    """Return the subfolders that stand for splits; none unless there is one for training and another."""
    groups: dict[str, dict[SplitName, P]] = {}
    for path in subfolders:
        split, rest = split_of(path.name)
        if split is None:
            continue
        found = groups.setdefault(rest, {})
        if split in found:
            raise DataError(
                f"image folder {printable(folder)} has two subfolders of {split} images, {_quote([found[split], path])}"
                "; expected one; join them"
            )
        found[split] = path
    whole = {rest: found for rest, found in groups.items() if "train" in found and len(found) > 1}
    return whole[min(whole, key=len)] if whole else {}


def split_of(name: str) -> tuple[SplitName | None, str]:
    """Return the split that a folder's name stands for, and what else is in the name."""
    words = [word for word in re.split(r"[\s_.-]+|(?<=[a-z])(?=[0-9])", name.lower()) if word]
    splits = [word for word in words if word in SPLIT_WORDS]
    if len(splits) != 1:
        return None, ""
    return SPLIT_WORDS[splits[0]], " ".join(word for word in words if word not in SPLIT_WORDS)


def _list_entries(tree: Tree[P], folder: P, split: SplitName | None = None) -> list[tuple[P, str | None]]:
    """Return the images of a folder, which the person has chosen for `split` if that is given."""
    folder = _descend(tree, folder)
    files, subfolders = tree.look(folder)
    classes = {path: tree.look(path)[0] for path in subfolders}
    classes = {path: members for path, members in classes.items() if members}
    if files and tree.is_import and sum(map(len, classes.values())) > len(files):
        files = []
    if files and classes:
        raise DataError(
            f"image folder {printable(folder)} is mixed: {len(files)} images lie beside subfolders with images, "
            f"{_quote(list(classes))}; expected images only (no labels) or one subfolder for each class; move the "
            "images into subfolders or the subfolders elsewhere"
        )
    if not files and not classes:
        raise DataError(_describe_empty(tree, folder, split))
    names = {path: printable(path.name) for path in classes}
    for name, count in Counter(names.values()).items():
        if count > 1:
            raise DataError(
                f"image folder {printable(folder)} has {count} class subfolders whose names are both shown as "
                f"{name!r}; expected names that differ; rename one"
            )
    return [(path, None) for path in files] + [(path, names[home]) for home in classes for path in classes[home]]


def _describe_few(folder: P, count: int, chosen: Mapping[SplitName, P]) -> str:
    """Return the message about training images that are too few to give some to each split without images."""
    others = [split for split in ("validation", "test") if split not in chosen]
    return (
        f"image folder {printable(folder)} has {count} {'image' if count == 1 else 'images'} in "
        f"{_quote([chosen['train']])}, from which {' and '.join(others)} images are taken too; expected at least "
        f"{1 + len(others)}, so that each gets one; add images"
    )


def _describe_empty(tree: Tree[P], folder: P, split: SplitName | None) -> str:
    """Return the message about a folder without images; it names the place where some lie too deep."""
    deeper = _find_deeper(tree, folder)
    if deeper is not None:
        home = (
            deeper.parent if sum(bool(_look_or_skip(tree, path)[0]) for path in _siblings(tree, deeper)) > 1 else deeper
        )
        for path in (home, home.parent):
            if path.name.lower() in SPLIT_WORDS and path.parent != folder:
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


def _find_deeper(tree: Tree[P], folder: P) -> P | None:
    """Return the first folder with images below the subfolders of a folder, searching level by level."""
    waiting, searched = deque(_look_or_skip(tree, folder)[1]), 0
    while waiting and searched < _MOST_SEARCHED:
        files, subfolders = _look_or_skip(tree, path := waiting.popleft())
        searched += 1
        if files:
            return path
        waiting += [path for path in subfolders if not tree.is_link(path)]
    return None


def _siblings(tree: Tree[P], folder: P) -> list[P]:
    return _look_or_skip(tree, folder.parent)[1][:_MOST_SEARCHED]


def _look_or_skip(tree: Tree[P], folder: P) -> tuple[list[P], list[P]]:
    try:
        return tree.look(folder)
    except DataError:  # not ours to look into
        return [], []


def _quote(paths: Sequence[P], most: int = 3) -> str:
    return ", ".join(repr(printable(path.name)) for path in paths[:most]) + (", ..." if len(paths) > most else "")


def _join(paths: Iterable[P]) -> str:
    *first, last = sorted(printable(path.name) for path in paths)
    return f"{', '.join(first)} and {last}"
