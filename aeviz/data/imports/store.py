"""Imported images on the disk: one file of pixels, one of labels, and a description.

    FOLDER/aeviz-images.json   shape, counts, classes, where they came from, what was skipped; written last
    FOLDER/images.u8           (N, C, H, W), uint8: images for training, then for validation, then for the test
    FOLDER/labels.npy          (N,), int64; absent for images without labels

They are mapped into memory, so that a data set may be larger than that. `folder:FOLDER` reads them like any folder.
"""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aeviz.config import DataConfig
from aeviz.data.dataset import SPLIT_NAMES, ImageDataset, SplitName
from aeviz.data.folder_layout import test_indices
from aeviz.data.imports.items import Skip
from aeviz.data.mapped import map_array
from aeviz.data.splits import split_indices
from aeviz.errors import ConfigError, DataError
from aeviz.records import from_mapping

ABOUT, IMAGES, LABELS = "aeviz-images.json", "images.u8", "labels.npy"
FORMAT = 1
_MOST_ABOUT = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Images that were imported: what training will see, and what was left out."""

    format: int = FORMAT
    title: str
    """Name of the file or folder that they came from, printable."""
    made: str
    """When, in ISO 8601."""
    image_shape: tuple[int, int, int]
    """(C, H, W)."""
    counts: Mapping[str, int]
    """Images of each split that the source has, "train", "validation" and "test"."""
    class_names: tuple[str, ...]
    class_counts: tuple[int, ...]
    """Images of each class, over all splits."""
    sizes: tuple[tuple[int, int, int], ...]
    """Width, height and number of images of the commonest sizes in the source."""
    n_sizes: int
    """Different sizes in the source."""
    notes: tuple[str, ...]
    """How the source was read, sentence by sentence."""
    skipped: tuple[Skip, ...]

    @property
    def n_images(self) -> int:
        """All images."""
        return sum(self.counts.values())

    @property
    def n_train(self) -> int:
        """Images for training, with those that are held out for validation if the source chose none."""
        return self.counts["train"] - (0 if "test" in self.counts else self.n_test)

    @property
    def n_test(self) -> int:
        """Images for the test: the source's, or a sixth of those for training."""
        return self.counts.get("test", len(test_indices(self.counts["train"])[1]))


def is_imported(folder: Path) -> bool:
    """Whether a folder holds imported images."""
    return os.path.isfile(folder / ABOUT)  # unlike Path.is_file, never raises


def read_imported(folder: Path) -> Imported:
    """Return the description of imported images.

    Raises:
        DataError: It is missing or damaged.
    """
    path = folder / ABOUT
    try:
        if path.stat().st_size > _MOST_ABOUT:
            raise ValueError("the file is too large")
        about = from_mapping(Imported, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ConfigError, RecursionError) as exc:
        raise DataError(f"{path} cannot be read: {exc}; import the images again") from exc
    shape = about.image_shape
    is_whole = (
        about.format == FORMAT
        and shape[0] in (1, 3)
        and min(shape) > 0
        and set(about.counts) <= set(SPLIT_NAMES)
        and about.counts.get("train", 0) > 0
        and min(about.counts.values()) > 0
    )
    if not is_whole:
        raise DataError(f"{path} describes no images that this version can read; import them again")
    return about


def open_pixels(folder: Path, about: Imported) -> NDArray[np.uint8]:
    """Return all images, (N, C, H, W), uint8, mapped into memory.

    Raises:
        DataError: The file is missing or has another size.
    """
    path, shape = folder / IMAGES, (about.n_images, *about.image_shape)
    try:
        found = path.stat().st_size
        if found != math.prod(shape):
            raise ValueError(f"it has {found:,} bytes and should have {math.prod(shape):,}")
        return np.memmap(path, dtype=np.uint8, mode="r", shape=shape)
    except (OSError, ValueError) as exc:
        raise DataError(f"{path} cannot be read: {exc}; import the images again") from exc


def read_labels(folder: Path, about: Imported) -> NDArray[np.int64] | None:
    """Return the labels of all images, (N,), or None where they have none.

    Raises:
        DataError: They are missing or damaged.
    """
    if not about.class_names:
        return None
    path = folder / LABELS
    try:
        labels = map_array(path)
    except (OSError, ValueError) as exc:
        raise DataError(f"{path} cannot be read: {exc}; import the images again") from exc
    is_whole = labels.shape == (about.n_images,) and labels.dtype == np.int64
    if not is_whole or labels.min() < 0 or labels.max() >= len(about.class_names):
        raise DataError(f"{path} does not belong to its images; import them again")
    return np.array(labels)  # which lets go of the file


def read_split(folder: Path, config: DataConfig, split: SplitName) -> ImageDataset:
    """Return one split of imported images; a sixth of the training images is the test set if the source has none.

    Raises:
        DataError: They are missing or damaged, or the settings ask for what they cannot give.
    """
    about = read_imported(folder)
    if config.image_size not in (None, *about.image_shape[1:]):
        _, height, width = about.image_shape
        raise DataError(
            f"{config.name} was imported at {width}x{height} pixels and data.image_size is {config.image_size}; leave "
            "it out, or import the images again with that side"
        )
    images, labels = open_pixels(folder, about), read_labels(folder, about)
    starts: dict[str, slice] = {}
    place = 0
    for name in SPLIT_NAMES:
        if name in about.counts:
            starts[name] = slice(place, place + about.counts[name])
            place += about.counts[name]

    def part(name: str) -> ImageDataset:
        return ImageDataset(
            images=images[starts[name]],
            labels=None if labels is None else labels[starts[name]],
            class_names=about.class_names,
            name=config.name,
            split=split,
        )

    if split in about.counts and split != "train":
        return part(split)
    train = part("train")
    places = np.arange(len(train))
    if "test" not in about.counts:
        places, chosen = test_indices(len(train))
        if split == "test":
            return train.take(chosen)
    if "validation" not in about.counts:
        places = places[split_indices(len(places), config, "validation" if split == "validation" else "train")]
    return train if len(places) == len(train) else train.take(places)  # taken once: it is a copy in memory


def sample(folder: Path, most: int = 50) -> tuple[NDArray[np.uint8], list[str]]:
    """Return some images, evenly over all, and a class or nothing for each.

    Returns:
        (n, C, H, W), uint8, and n names, empty for images without labels.
    """
    about = read_imported(folder)
    places = np.unique(np.linspace(0, about.n_images - 1, most).astype(int))
    labels = read_labels(folder, about)
    names = ["" if labels is None else about.class_names[labels[place]] for place in places]
    return np.array(open_pixels(folder, about)[places]), names
