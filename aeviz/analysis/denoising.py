"""Corrupted images and what a model restores of them, always compared with the image before it was corrupted."""

from collections.abc import Sequence

import numpy as np
import torch

from aeviz.analysis.reconstruction import squared_errors
from aeviz.config import CorruptionName
from aeviz.objectives.corruption import corrupt
from aeviz.training.run import Run


def corrupt_images(images: np.ndarray, name: CorruptionName, level: float, seed: int) -> np.ndarray:
    """Corrupt images as training does, the same way each time.

    Equal seeds draw the same numbers at every level: a pixel that a low level masks is masked by a higher one too.

    Args:
        images: (N, C, H, W), uint8.
        name: Kind of corruption, as in `aeviz.objectives.corruption.corrupt`.
        level: From 0 to 1, as there.
        seed: Seed of a generator of this call's own.

    Returns:
        (N, C, H, W), float32 in [0, 1].
    """
    x = torch.tensor(images, dtype=torch.float32).div_(255)
    corrupted: np.ndarray = corrupt(x, name, level, torch.Generator().manual_seed(seed)).numpy()
    return corrupted


def corrupted_curve(originals: np.ndarray, name: CorruptionName, levels: Sequence[float], seed: int) -> np.ndarray:
    """Return the mean squared error of corrupted images at each level, (L,), float64; arguments as `restored_curve`."""
    return np.array(
        [squared_errors(originals, corrupt_images(originals, name, level, seed)).mean() for level in levels]
    )


def restored_curve(
    run: Run, originals: np.ndarray, name: CorruptionName, levels: Sequence[float], seed: int
) -> np.ndarray:
    """Return the mean squared error of what a model restores, at each level of corruption.

    Args:
        run: The model.
        originals: Images, (N, C, H, W), uint8, of the shape that it takes.
        name: Kind of corruption.
        levels: L of them, each from 0 to 1.
        seed: As in `corrupt_images`.

    Returns:
        (L,), float64: the mean over pixels and images against the originals, pixels in [0, 1].
    """
    errors = []
    for level in levels:
        restored = run.reconstruct(corrupt_images(originals, name, level, seed)).numpy()
        errors.append(squared_errors(originals, restored).mean())
    return np.array(errors)
