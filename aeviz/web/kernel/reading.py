"""Classes of decoded and of own images, judged by the images and not by the points that they were decoded from.

A point that was drawn for a class has neighbours of that class, whatever its image looks like: their vote would only
repeat what was asked for.
"""

import numpy as np

from aeviz.analysis.latent import count_votes, squared_norms
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.distances import read_points, votes_at
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model

MOST_COMPARED = 2500
"""Test images, evenly spread, whose pixels are compared: all of a large set would hold up every rerun."""


def read_by_encoder(model: Model, images: np.ndarray) -> np.ndarray:
    """Return the class of most of the 10 encoded test images nearest to the code of each image.

    Args:
        model: The model, whose test images must have classes.
        images: (N, C, H, W), float32 in [0, 1].

    Returns:
        (N,), int64.
    """
    return read_points(model, model.network().encode(images).numpy())


def votes_by_encoder(model: Model, images: np.ndarray) -> np.ndarray:
    """Return how many of the 10 encoded test images nearest to the code of each image each class has, (N, Y), int64."""
    return votes_at(model, model.network().encode(images).numpy())


def read_by_pixels(model: Model, images: np.ndarray, own: np.ndarray | None = None) -> np.ndarray | None:
    """Return the class of most of the 10 test images whose pixels are nearest: a judge that the model did not train.

    Args:
        model: The model, whose test images must have classes.
        images: (N, C, H, W), float32 in [0, 1].
        own: The test image that each reconstructs, which has no vote, (N,), int64; None if they reconstruct none.

    Returns:
        (N,), int64; None where the test images are not on this machine.
    """
    votes = votes_by_pixels(model, images, own)
    winners: np.ndarray | None = None if votes is None else votes.argmax(axis=1)
    return winners


def votes_by_pixels(model: Model, images: np.ndarray, own: np.ndarray | None = None) -> np.ndarray | None:
    """Return how many of the 10 test images with the nearest pixels each class has, (N, Y); as `read_by_pixels`."""
    dataset, _ = find_originals(model)
    if dataset is None or dataset.labels is None:
        return None
    step = -(-len(dataset) // MOST_COMPARED)
    pixels, squares = _compared(dataset.images, model.require_latents().fingerprint, step)
    without = None if own is None else np.where(own % step == 0, own // step, -1)
    return count_votes(255 * _flat(images).astype(np.float64), pixels, dataset.labels[::step], without, squares)


@shared(max_entries=2)  # 16 MB for MNIST
def _compared(_images: np.ndarray, fingerprint: str, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Return every so many images, (N, C, H, W), as rows of grey levels, float64, and their `squared_norms`.

    Args:
        _images: The images.
        fingerprint: What tells the images from others.
        step: From one image to the next.
    """
    pixels = _flat(_images[::step]).astype(np.float64)
    return pixels, squared_norms(pixels)


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)
