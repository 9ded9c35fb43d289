"""From a data set's name to its images."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from aeviz.config import DataConfig
from aeviz.data import celeba
from aeviz.data.catalog import FOLDER_PREFIX, find_dataset
from aeviz.data.circles import read_circles
from aeviz.data.dataset import SPLIT_NAMES, ImageDataset, SplitName
from aeviz.data.digits import read_digits
from aeviz.data.folder import folder_path, read_folder
from aeviz.data.mnist import FAMILIES, is_complete, read_mnist
from aeviz.data.splits import split_indices
from aeviz.errors import DataError
from aeviz.paths import data_root


def load_dataset(
    config: DataConfig | str,
    split: SplitName = "test",
    *,
    root: Path | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> ImageDataset:
    """Read one split of a data set into memory.

    Train and validation share the source's training images: a permutation drawn from `config.split_seed` decides, and
    each part keeps the source's order. Test never depends on the seed. celeba has three parts of its own, which depend
    on no setting; they are mapped into memory, read-only, and take minutes to make the first time.
    `config.without` takes a class out of train and validation, once they are drawn; labels keep their numbers.

    Args:
        config: The data set; a name alone stands for `DataConfig(name=name)`.
        split: "train", "validation" or "test".
        root: Folder of downloaded data sets; None for `aeviz.paths.data_root()`.
        on_progress: Called in this thread with the share done in [0, 1] and a text to show, if this takes long, which
            only celeba's first time does. If it raises, the work is given up.

    Raises:
        DataError: The data set is unknown, missing or damaged; the message says what to do.
    """
    if isinstance(config, str):
        config = DataConfig(name=config)
    if split not in SPLIT_NAMES:
        raise DataError(f"unknown split {split!r} of {config.name!r}; expected one of: {', '.join(SPLIT_NAMES)}")
    if config.name.startswith(FOLDER_PREFIX):
        dataset = read_folder(config, split)
    elif find_dataset(config.name).name == celeba.NAME:
        if config.without is not None:
            raise DataError(_no_such_class(config.name, config.without, ()))
        return celeba.read_celeba(split, data_root() if root is None else root, on_progress)
    elif split == "test":
        dataset = _read(config.name, "test", root)
    else:
        source = _read(config.name, "train", root)
        dataset = dataclasses.replace(source.take(split_indices(len(source), config, split)), split=split)
    return dataset if split == "test" or config.without is None else leave_out(dataset, config.without)


def leave_out(dataset: ImageDataset, class_name: str) -> ImageDataset:
    """Return a data set without the images of a class; the class keeps its name and the others their numbers.

    Raises:
        DataError: There is no such class, or no image of another.
    """
    if dataset.labels is None or class_name not in dataset.class_names:
        raise DataError(_no_such_class(dataset.name, class_name, dataset.class_names))
    kept = dataset.labels != dataset.class_names.index(class_name)
    if not kept.any():
        raise DataError(
            f"data.without={class_name!r} leaves none of the {len(dataset)} {dataset.split} images of "
            f"{dataset.name!r}; expected images of other classes too; leave the setting out"
        )
    return dataset.take(kept)


def is_available(name: str, root: Path | None = None) -> bool:
    """Return whether `load_dataset` would find the data set's files. Opens none of them, so it takes no time.

    An unknown name is not available.
    """
    if name.startswith(FOLDER_PREFIX):
        return len(name) > len(FOLDER_PREFIX) and folder_path(name).is_dir()
    if name in FAMILIES:
        return is_complete(FAMILIES[name], data_root() if root is None else root)
    if name == celeba.NAME:
        return celeba.is_here(data_root() if root is None else root)
    return name in ("digits", "circles")


def _no_such_class(name: str, class_name: str, class_names: Sequence[str]) -> str:
    known = f"one of: {', '.join(class_names)}" if class_names else "none, since its images have no classes"
    return f"data.without={class_name!r} is no class of {name!r}; expected {known}"


def _read(name: str, part: Literal["train", "test"], root: Path | None) -> ImageDataset:
    if name == "digits":
        return read_digits(part)
    if name == "circles":
        return read_circles(part)
    return read_mnist(FAMILIES[name], data_root() if root is None else root, part)
