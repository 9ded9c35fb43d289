"""folder:PATH: a person's own pictures.

    PATH/*.png                      pictures without labels
    PATH/CLASS/*.png                one subfolder for each class
    PATH/train/..., PATH/test/...   either of the two in both, if the person has chosen the test pictures

Hidden files, files that are no pictures and anything deeper are ignored.
"""

from collections import Counter
from pathlib import Path

import numpy as np

from aeviz.config import DataConfig
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.pictures import SUFFIXES, read_header, read_pixels
from aeviz.data.source import Report, Source
from aeviz.data.splits import split_indices
from aeviz.errors import DataError

FOLDER_PREFIX = "folder:"
"""What comes before the path of a folder in the name of a data set."""
MIN_PICTURES = 12
_TEST_FRACTION = 1 / 6
_SPLIT_SEED = 0
"""Fixes the test pictures whatever `DataConfig.split_seed` is."""

_Entry = tuple[Path, str | None]
"""A picture's file and its class."""


class FolderSource(Source):
    """The folder that one name folder:PATH stands for."""

    info = None

    def __init__(self, name: str) -> None:
        self.name = name

    def is_available(self, root: Path) -> bool:
        """Return whether the folder exists; the data root plays no part."""
        return self.name != FOLDER_PREFIX and folder_path(self.name).is_dir()

    def prepare(self, root: Path, report: Report) -> Path:
        """Return the folder, which only has to exist."""
        folder = folder_path(self.name)
        if not folder.is_dir():
            raise DataError(f"image folder {folder} does not exist; expected a folder; check the path")
        return folder

    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        """Return one split, as `read_folder` does."""
        return read_folder(config, split)


def folder_path(name: str) -> Path:
    """Return the PATH of folder:PATH, ~ expanded.

    Raises:
        DataError: PATH is empty.
    """
    path = name.removeprefix(FOLDER_PREFIX)
    if not path:
        raise DataError(f"data set {name!r} names no folder; expected folder:PATH, for example 'folder:my_images'")
    return Path(path).expanduser()


def read_folder(config: DataConfig, split: SplitName) -> ImageDataset:
    """Decode one split of a folder of pictures, sorted by class and file name.

    A sixth of the pictures, chosen by a fixed permutation, is the test set unless PATH has train and test subfolders.

    Returns:
        Images (N, C, H, W), uint8, with C = 1 if every picture of the folder is stored grey, else 3; labels by sorted
        subfolder names, or None.

    Raises:
        DataError: The folder is missing, empty, mixed or too small, its pictures differ in size although
            config.image_size is None, or one of them cannot be read.
    """
    folder = folder_path(config.name)
    train, test = _list_splits(folder)
    chosen = test if split == "test" else [train[index] for index in split_indices(len(train), config, split)]

    headers = [read_header(path) for path, _ in train + test]
    is_grey = all(header.is_grey for header in headers)
    sizes = Counter((header.width, header.height) for header in headers)
    if config.image_size is not None:
        width = height = config.image_size
    elif len(sizes) == 1:
        width, height = next(iter(sizes))
    else:
        raise DataError(_describe_sizes(folder, sizes))

    images = np.empty((len(chosen), 1 if is_grey else 3, height, width), dtype=np.uint8)
    for index, (path, _) in enumerate(chosen):
        pixels = read_pixels(path, is_grey=is_grey, side=config.image_size)
        if pixels.shape != images.shape[1:]:
            raise DataError(
                f"picture {path} decodes to {pixels.shape[2]}x{pixels.shape[1]} pixels; expected {width}x{height} as "
                "its header says; save it again, or pass `--set data.image_size=64`"
            )
        images[index] = pixels

    class_names = tuple(sorted({label for _, label in train + test if label is not None}))
    places = {name: place for place, name in enumerate(class_names)}
    labels = np.array([places[label] for _, label in chosen if label is not None], dtype=np.int64)
    return ImageDataset(
        images=images, labels=labels if class_names else None, class_names=class_names, name=config.name, split=split
    )


def _list_splits(folder: Path) -> tuple[list[_Entry], list[_Entry]]:
    """Return the training and the test pictures, each in sorted order."""
    files, subfolders = _list_folder(folder)
    if {"train", "test"} <= {path.name for path in subfolders}:
        beside = files + [path for path in subfolders if path.name not in ("train", "test") and any(_list_folder(path))]
        if beside:
            raise DataError(
                f"image folder {folder} has train and test subfolders and beside them {_quote(beside)}; expected "
                "nothing else with images; move validation images into train, from which aeviz holds out its own, "
                "and the rest elsewhere"
            )
        train, test = _list_entries(folder / "train"), _list_entries(folder / "test")
        if any(label is None for _, label in train) != any(label is None for _, label in test):
            raise DataError(
                f"image folder {folder} has class subfolders in only one of train and test; expected them in both or "
                "in neither; sort both the same way"
            )
    else:
        entries = _list_entries(folder)
        permutation = np.random.default_rng(_SPLIT_SEED).permutation(len(entries))
        n_test = max(1, round(len(entries) * _TEST_FRACTION))
        train = [entries[index] for index in np.sort(permutation[n_test:])]
        test = [entries[index] for index in np.sort(permutation[:n_test])]
    n = len(train) + len(test)
    if n < MIN_PICTURES:
        raise DataError(
            f"image folder {folder} holds {n} images; expected at least {MIN_PICTURES}, so that training, validation "
            "and test each get some; add images"
        )
    return train, test


def _list_entries(folder: Path) -> list[_Entry]:
    files, subfolders = _list_folder(folder)
    classes = {path: _list_folder(path)[0] for path in subfolders}
    classes = {path: members for path, members in classes.items() if members}
    if files and classes:
        raise DataError(
            f"image folder {folder} is mixed: {len(files)} images lie beside subfolders with images, "
            f"{_quote(list(classes))}; expected images only (no labels) or one subfolder for each class; move the "
            "images into subfolders or the subfolders elsewhere"
        )
    if not files and not classes:
        raise DataError(
            f"image folder {folder} holds no images; expected {', '.join(SUFFIXES)} files, directly or in one "
            "subfolder for each class; check the path"
        )
    return [(path, None) for path in files] + [(path, home.name) for home in classes for path in classes[home]]


def _list_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return a folder's pictures and its subfolders, each sorted by name, without hidden ones."""
    try:
        inside = sorted((path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX"))), key=_name)
    except OSError as exc:
        raise DataError(
            f"image folder {folder} cannot be opened: {exc.strerror}; expected a folder of images; check the path "
            f"after '{FOLDER_PREFIX}'"
        ) from exc
    subfolders = [path for path in inside if path.is_dir()]
    return [path for path in inside if path.suffix.lower() in SUFFIXES and path.is_file()], subfolders


def _name(path: Path) -> str:
    return path.name


def _quote(paths: list[Path], most: int = 3) -> str:
    return ", ".join(repr(path.name) for path in paths[:most]) + (", ..." if len(paths) > most else "")


def _describe_sizes(folder: Path, sizes: Counter[tuple[int, int]], most: int = 5) -> str:
    listed = [f"{width}x{height}: {n}" for (width, height), n in sizes.most_common(most)]
    more = [f"{len(sizes) - most} more sizes"] if len(sizes) > most else []
    return (
        f"image folder {folder} holds images of {len(sizes)} sizes (width x height: images; "
        f"{', '.join(listed + more)}); expected one size; pass `--set data.image_size=64` to crop and resize them all"
    )
