"""Classes of decoded and of own images, judged by the images and not by the points that they were decoded from.

A point that was drawn for a class has neighbours of that class, whatever its image looks like: their vote would only
repeat what was asked for.
"""

import numpy as np

from aeviz.analysis.latent import vote_of_neighbours
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.distances import read_points
from aeviz.web.kernel.images import originals
from aeviz.web.kernel.models import Model

MOST_COMPARED = 2500
"""Test images whose pixels are compared: 10 ms for ten images of MNIST."""


def read_by_encoder(model: Model, images: np.ndarray) -> np.ndarray:
    """Return the class of most of the 10 encoded test images nearest to the code of each image.

    Args:
        model: The model, whose test images must have classes.
        images: (N, C, H, W), float32 in [0, 1].

    Returns:
        (N,), int64.
    """
    return read_points(model, model.network().encode(images).numpy())


def read_by_pixels(model: Model, images: np.ndarray) -> np.ndarray | None:
    """Return the class of most of the 10 test images whose pixels are nearest: a judge that the model did not train.

    Arguments and result as in `read_by_encoder`; None where the test images are not on this machine.
    """
    dataset = originals(model)
    if dataset is None or dataset.labels is None:
        return None
    pixels, labels = _pixels(model)
    return vote_of_neighbours(images.reshape(len(images), -1), pixels, labels)


@shared(max_entries=2)  # 8 MB for MNIST
def _pixels(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Return evenly spread test images of a run, (N, P), float32 in [0, 1], and their classes, (N,), int64."""
    dataset = originals(model)
    if dataset is None or dataset.labels is None:
        raise LookupError("the test images are not here; the caller must check first")
    step = -(-len(dataset) // MOST_COMPARED)
    pixels = dataset.images[::step].reshape(len(dataset.images[::step]), -1).astype(np.float32) / 255
    return pixels, dataset.labels[::step]
