"""Corrupted images, and what runs make of them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import streamlit as st

from aeviz.config import CorruptionName
from aeviz.training.runs import RunFolder
from aeviz.web.kernel.cache import RunKey, Stamp, freeze, model, test_images
from aeviz.web.kernel.runtime import start_torch

CURVE_IMAGES, CURVE_LEAST = 500, 40
"""Test images of which a curve over the levels of corruption is the mean: a fifth of a second for a small network."""
CURVE_LEVELS = tuple(step / 10 for step in range(11))


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """What images suffer before a model is to restore them."""

    name: CorruptionName
    level: float
    """From 0 to 1, as `aeviz.objectives.corruption.corrupt` takes it."""
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Restoration:
    """Mean squared errors against the originals at each of CURVE_LEVELS."""

    count: int
    """Images that the means are of."""
    corrupted: np.ndarray
    """(L,), float64."""
    restored: np.ndarray
    """(L,), float64."""


@st.cache_resource(max_entries=64, show_spinner=False)  # 31 kB each for ten images of MNIST, 490 kB for faces
def corrupted(key: RunKey, root: str, stamp: Stamp, chosen: tuple[int, ...], corruption: Corruption) -> np.ndarray:
    """Return some of the test images of a run's data, corrupted: (N, C, H, W), float32 in [0, 1].

    Args:
        key: The run.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `cache.folder_stamp` of the data set.
        chosen: Which of the test images.
        corruption: What they suffer.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    start_torch()
    from aeviz.analysis.denoising import corrupt_images

    images = _test_images(key, root, stamp)[list(chosen)]
    spoilt = corrupt_images(images, corruption.name, corruption.level, corruption.seed)
    freeze(spoilt)
    return spoilt


@st.cache_resource(max_entries=64, show_spinner=False)  # as large as the corrupted ones
def restored(key: RunKey, root: str, stamp: Stamp, chosen: tuple[int, ...], corruption: Corruption) -> np.ndarray:
    """Return what a run makes of corrupted images; arguments, result and errors as in `corrupted`."""
    images: np.ndarray = model(key).reconstruct(corrupted(key, root, stamp, chosen, corruption)).numpy()
    freeze(images)
    return images


@st.cache_data(max_entries=256, show_spinner="Corrupting and restoring images …")  # a few numbers each
def restoration(key: RunKey, root: str, stamp: Stamp, name: CorruptionName, seed: int) -> Restoration:
    """Return the errors of the first test images of a run's data, corrupted and restored, at every level.

    Args:
        key: The run.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `cache.folder_stamp` of the data set.
        name: Kind of corruption.
        seed: Seed of its chance.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    run = model(key)
    from aeviz.analysis.denoising import corrupted_curve, restored_curve

    images = _test_images(key, root, stamp)
    images = images[: max(CURVE_LEAST, min(CURVE_IMAGES, CURVE_IMAGES * 784 // images[0].size))]
    return Restoration(
        count=len(images),
        corrupted=corrupted_curve(images, name, CURVE_LEVELS, seed),
        restored=restored_curve(run, images, name, CURVE_LEVELS, seed),
    )


def _test_images(key: RunKey, root: str, stamp: Stamp) -> np.ndarray:
    """Return the test images of a run's data, (N, C, H, W), uint8."""
    data = replace(RunFolder.read(Path(key.path)).config.data, without=None)
    return test_images(data, root, stamp)[0].images
