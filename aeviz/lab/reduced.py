"""Fewer and smaller images, where a live experiment cannot wait for all of them."""

import dataclasses

import numpy as np

from aeviz.data import ImageDataset

BLOCK = 1024
"""Images averaged at once."""


def spread_indices(count: int, most: int) -> np.ndarray:
    """Return at most `most` whole numbers from 0 to count - 1, evenly spread and ascending, int64."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)


def reduce_images(dataset: ImageDataset, *, most_pixels: int, most_images: int) -> ImageDataset:
    """Average blocks of pixels until an image has few values; where that is needed, keep only some of the images too.

    Args:
        dataset: The images; returned as they are where they are small enough.
        most_pixels: Values of an image, over all channels.
        most_images: Images kept of those that must be made smaller, evenly spread over the set.
    """
    channels, height, width = dataset.image_shape
    factor = 1
    while channels * (height // factor) * (width // factor) > most_pixels and factor < min(height, width):
        factor += 1
    if factor == 1:
        return dataset
    kept = dataset.take(spread_indices(len(dataset), most_images))
    high, wide = height // factor, width // factor
    small = np.empty((len(kept), channels, high, wide), dtype=np.uint8)
    for start in range(0, len(kept), BLOCK):
        images = kept.images[start : start + BLOCK, :, : high * factor, : wide * factor]
        blocks = images.reshape(len(images), channels, high, factor, wide, factor)
        small[start : start + BLOCK] = blocks.mean(axis=(3, 5)).round()
    return dataclasses.replace(kept, images=small)


def one_of_each_class(labels: np.ndarray | None, count: int, most: int) -> np.ndarray:
    """Return `most` indices, or `count` if that is less: the first of each class, then the first of the others.

    Args:
        labels: (N,), int64, or None, which counts as one class.
        count: N.
        most: Number of indices that is wanted.

    Returns:
        (min(count, most),), int64.
    """
    first = np.unique(labels, return_index=True)[1] if labels is not None else np.zeros(min(count, 1), dtype=np.int64)
    rest = np.setdiff1d(np.arange(min(count, most + len(first))), first)
    return np.concatenate([first, rest])[: min(count, most)].astype(np.int64)
