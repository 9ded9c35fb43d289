"""Corrupted images, and what runs make of them."""

from dataclasses import dataclass, replace

import numpy as np

from aeviz.config import CorruptionName
from aeviz.language import tr
from aeviz.web.kernel import datasets
from aeviz.web.kernel.caching import Stamp, shared
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.runtime import start_torch

CURVE_IMAGES, CURVE_LEAST = 500, 40
"""Test images of which a curve over the levels of corruption is the mean: a fifth of a second for a small network."""
CURVE_LEVELS = tuple(step / 10 for step in range(11))


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """A corruption of images, which a model then removes."""

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


@shared(max_entries=64)  # 31 kB each for ten images of MNIST, 490 kB for faces
def corrupted(model: Model, root: str, stamp: Stamp, chosen: tuple[int, ...], corruption: Corruption) -> np.ndarray:
    """Return some of the test images of a run's data, corrupted: (N, C, H, W), float32 in [0, 1].

    Args:
        model: The run.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `datasets.folder_stamp` of the data set.
        chosen: Which of the test images.
        corruption: What they suffer.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    start_torch()
    from aeviz.analysis.denoising import corrupt_images

    images = _test_images(model, root, stamp)[list(chosen)]
    spoilt = corrupt_images(images, corruption.name, corruption.level, corruption.seed)
    return spoilt


@shared(max_entries=64)  # as large as the corrupted ones
def restored(model: Model, root: str, stamp: Stamp, chosen: tuple[int, ...], corruption: Corruption) -> np.ndarray:
    """Return what a run makes of corrupted images; arguments, result and errors as in `corrupted`."""
    images: np.ndarray = model.network().reconstruct(corrupted(model, root, stamp, chosen, corruption)).numpy()
    return images


@shared(max_entries=256, spinner=lambda *_: tr("Corrupting and restoring images …"))  # a few numbers each
def restoration(model: Model, root: str, stamp: Stamp, name: CorruptionName, seed: int) -> Restoration:
    """Return the errors of the first test images of a run's data, corrupted and restored, at every level.

    Args:
        model: The run.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `datasets.folder_stamp` of the data set.
        name: Kind of corruption.
        seed: Seed of its chance.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    network = model.network()
    from aeviz.analysis.denoising import corrupted_curve, restored_curve

    images = _test_images(model, root, stamp)
    images = images[: max(CURVE_LEAST, min(CURVE_IMAGES, CURVE_IMAGES * 784 // images[0].size))]
    return Restoration(
        count=len(images),
        corrupted=corrupted_curve(images, name, CURVE_LEVELS, seed),
        restored=restored_curve(network, images, name, CURVE_LEVELS, seed),
    )


def _test_images(model: Model, root: str, stamp: Stamp) -> np.ndarray:
    """Return the test images of a run's data, (N, C, H, W), uint8."""
    data = replace(model.config.data, without=None)
    return datasets.test_images(data, root, stamp, model.class_names)[0].images
