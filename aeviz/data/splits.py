"""Which training images are held out for validation, and which class is left out of training."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aeviz.config import DataConfig
from aeviz.data.dataset import ImageDataset
from aeviz.errors import DataError
from aeviz.records import shorten


def split_indices(n: int, config: DataConfig, split: Literal["train", "validation"]) -> NDArray[np.int64]:
    """Return the places of the train or validation images among a source's n training images.

    One permutation, `numpy.random.default_rng(config.split_seed).permutation(n)`, decides: its first
    round(n * validation_fraction) entries are validation, the rest train.

    Returns:
        (n_split,), int64, ascending.

    Raises:
        DataError: The fraction leaves one of the two parts empty.
    """
    n_validation = round(n * config.validation_fraction)
    if not 0 < n_validation < n:
        enough = 0 < round(n * 0.1667) < n
        remedy = f"choose for example {0.1667 if enough else 0.5}" if n > 1 else "add images"
        raise DataError(
            f"data.validation_fraction={config.validation_fraction!r} gives {n_validation} of the {n} training images "
            f"of {config.name!r} to validation; expected at least one there and one left to train on; {remedy}"
        )
    permutation = np.random.default_rng(config.split_seed).permutation(n)
    return np.sort(permutation[:n_validation] if split == "validation" else permutation[n_validation:])


def hold_out(source: ImageDataset, config: DataConfig, split: Literal["train", "validation"]) -> ImageDataset:
    """Return the train or the validation images among all training images of a source, as `split_indices` says.

    Raises:
        DataError: The fraction leaves one of the two parts empty.
    """
    return replace(source.take(split_indices(len(source), config, split)), split=split)


def leave_out(dataset: ImageDataset, class_name: str) -> ImageDataset:
    """Return a data set without the images of a class; the class keeps its name and the others their numbers.

    Raises:
        DataError: There is no such class, or no image of another.
    """
    if dataset.labels is None or class_name not in dataset.class_names:
        raise DataError(describe_no_such_class(dataset.name, class_name, dataset.class_names))
    kept = dataset.labels != dataset.class_names.index(class_name)
    if not kept.any():
        raise DataError(
            f"data.without={class_name!r} leaves none of the {len(dataset)} {dataset.split} images of "
            f"{dataset.name!r}; expected images of other classes too; leave the setting out"
        )
    return dataset.take(kept)


def describe_no_such_class(name: str, class_name: str, class_names: Sequence[str]) -> str:
    """Return the message about a class to leave out that the data set does not have."""
    known = f"one of: {', '.join(class_names)}" if class_names else "none, since its images have no classes"
    return f"data.without={shorten(class_name)} is no class of {name!r}; expected {known}"
