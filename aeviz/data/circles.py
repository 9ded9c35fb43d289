"""circles: generated discs whose centre and radius are known, so that a latent space has a ground truth."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aeviz.data.dataset import ImageDataset

N_TRAIN = 6000
N_TEST = 1000
SIDE = 28
"""Height and width in pixels."""
RADIUS_RANGE = (2.0, 7.0)
"""In pixels."""
CENTRE_RANGE = (RADIUS_RANGE[1] + 0.5, SIDE - RADIUS_RANGE[1] - 0.5)
"""In pixels, for x and y; the largest disc and its soft edge fit inside the image wherever the centre lies."""
FACTOR_NAMES = ("cx (px)", "cy (px)", "r (px)")
_SEED = 28


def read_circles(part: Literal["train", "test"]) -> ImageDataset:
    """Return the 6,000 training or the 1,000 test images, the same ones every time.

    Centre x, centre y and radius are uniform and independent of each other: the ground truth fills a box.

    Returns:
        Images (N, 1, 28, 28), uint8, a filled disc of 255 on 0; labels 0 (small), 1 (medium), 2 (large) by thirds of
        the radius range; factors (N, 3), float32, (cx, cy, r) in pixels as `render_discs` takes them.
    """
    low = np.array([CENTRE_RANGE[0], CENTRE_RANGE[0], RADIUS_RANGE[0]])
    high = np.array([CENTRE_RANGE[1], CENTRE_RANGE[1], RADIUS_RANGE[1]])
    drawn = np.random.default_rng(_SEED).uniform(low, high, size=(N_TRAIN + N_TEST, 3)).astype(np.float32)
    factors = drawn[:N_TRAIN] if part == "train" else drawn[N_TRAIN:]
    thirds = (factors[:, 2] - RADIUS_RANGE[0]) / (RADIUS_RANGE[1] - RADIUS_RANGE[0]) * 3
    return ImageDataset(
        images=render_discs(factors),
        labels=np.clip(thirds.astype(np.int64), 0, 2),
        class_names=("small", "medium", "large"),
        name="circles",
        split=part,
        factors=factors,
        factor_names=FACTOR_NAMES,
    )


def render_discs(factors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Draw one filled, anti-aliased disc for each row.

    A pixel's value falls from 255 to 0 over one pixel across the edge, so the sum of an image is close to
    255 * pi * r^2.

    Args:
        factors: (N, 3), float32, (cx, cy, r) in pixels: x to the right and y down from the image's upper left corner;
            the pixel in row i, column j has its centre at x = j + 0.5, y = i + 0.5.

    Returns:
        (N, 1, 28, 28), uint8, 0 to 255.
    """
    centres = np.arange(SIDE, dtype=np.float32) + np.float32(0.5)
    dx = centres - factors[:, 0:1]  # (N, W)
    dy = centres - factors[:, 1:2]  # (N, H)
    distance = np.sqrt(dx[:, np.newaxis, :] ** 2 + dy[:, :, np.newaxis] ** 2)  # (N, H, W)
    coverage = np.clip(factors[:, 2, np.newaxis, np.newaxis] + np.float32(0.5) - distance, 0, 1)
    images: NDArray[np.uint8] = np.rint(coverage * 255).astype(np.uint8)[:, np.newaxis]
    return images
