"""Mean and second moments of images: all that the loss of a linear autoencoder takes from the data."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from aeviz.data import ImageDataset
from aeviz.errors import DataError
from aeviz.lab.threads import one_thread

BLOCK = 2048
"""Images in floating point at once: 6 MB of MNIST a thread."""
MAX_PIXELS = 12_288
"""Values of an image, at most (64 x 64 in colour): the moments take 1.2 GB then."""
EXACT_WORK = 5e9
"""Images times squared pixels up to which products are formed in float64; above, in float32, twice as fast."""
LEVELS = 255.0
"""Grey levels in the unit of the moments: images are taken in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Mean and covariance of N images of d values in [0, 1], C * H * W = d."""

    count: int
    mean: np.ndarray
    """(d,), float64, in [0, 1]."""
    covariance: np.ndarray
    """(d, d), float64, with divisor N: the mean of (x - mean)(x - mean)^T."""
    image_shape: tuple[int, int, int]
    """(C, H, W)."""
    is_double: bool = True
    """Whether the products were formed in float64; in float32 they are good to about seven digits."""

    def second(self, *, centred: bool) -> np.ndarray:
        """Return the covariance, or without centring the mean of x x^T; (d, d), float64."""
        return self.covariance if centred else self.covariance + np.outer(self.mean, self.mean)


def measure_moments(dataset: ImageDataset, on_progress: Callable[[float, str], None] | None = None) -> Moments:
    """Measure the moments of a data set in two passes, a block of images at a time.

    The mean comes first, so that nothing cancels in the second pass. The images may be mapped into memory: no more than
    a block a core is ever read at once.

    Args:
        dataset: The images.
        on_progress: Called in this thread with the share done in [0, 1] and a text to show.

    Raises:
        DataError: There are no images, or they are larger than MAX_PIXELS values.
    """
    n, (channels, height, width) = len(dataset), dataset.image_shape
    d = channels * height * width
    if n == 0:
        raise DataError(f"{dataset.name!r} has no {dataset.split} images; expected at least one")
    if d > MAX_PIXELS:
        raise DataError(
            f"images of {dataset.name!r} have {d:,} values; the moments of at most {MAX_PIXELS:,} fit into memory; "
            "choose smaller images"
        )
    report = on_progress or (lambda share, text: None)
    starts = range(0, n, BLOCK)
    mean = sum((_rows(dataset, start).sum(axis=0, dtype=np.float64) for start in starts), np.zeros(d)) / n
    exact = n * d**2 <= EXACT_WORK
    dtype: Any = np.float64 if exact else np.float32
    offset = mean.astype(dtype)

    def product(part: int) -> np.ndarray:
        """Return the sum of outer products of every `cores`-th block."""
        total = np.zeros((d, d))
        for start in starts[part::cores]:
            block: np.ndarray = _rows(dataset, start).astype(dtype)
            block -= offset
            total += block.T @ block
            if part == 0:
                report(min(1.0, (start + BLOCK) / n), "second moments")
        return total

    cores = 1 if d**2 * 8 > 2**28 else max(1, min(_usable_cores(), len(starts), 4))
    with nullcontext() if cores == 1 else one_thread(), ThreadPoolExecutor(cores) as pool:
        others = [pool.submit(product, part) for part in range(1, cores)]
        covariance = product(0)
        for other in others:
            covariance += other.result()
    covariance /= n * LEVELS**2
    shape = dataset.image_shape
    return Moments(count=n, mean=mean / LEVELS, covariance=covariance, image_shape=shape, is_double=exact)


def _rows(dataset: ImageDataset, start: int) -> np.ndarray:
    """Return a block of images as rows, (n, d), uint8."""
    images = dataset.images[start : start + BLOCK]
    return images.reshape(len(images), -1)


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
