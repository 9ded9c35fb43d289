"""Which training images are held out for validation."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aeviz.config import DataConfig
from aeviz.errors import DataError


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
        raise DataError(
            f"data.validation_fraction={config.validation_fraction!r} gives {n_validation} of the {n} training images "
            f"of {config.name!r} to validation; expected at least one there and one left to train on; choose for "
            "example 0.1667"
        )
    permutation = np.random.default_rng(config.split_seed).permutation(n)
    return np.sort(permutation[:n_validation] if split == "validation" else permutation[n_validation:])
