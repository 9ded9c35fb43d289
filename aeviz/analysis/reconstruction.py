"""Reconstruction errors and the choice of images to show. NumPy only."""

from collections.abc import Sequence

import numpy as np


def euclidean_error(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Return the norm of image minus reconstruction, one number an image.

    Args:
        images: (N, C, H, W), uint8.
        reconstructions: (N, C, H, W), float32 in [0, 1].

    Returns:
        (N,), float64: root of the sum over pixels of squared differences, pixels in [0, 1].
    """
    error: np.ndarray = np.sqrt(squared_error(images, reconstructions))
    return error


def squared_error(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Return the squared differences summed over pixels, (N,), float64; arguments as in `euclidean_error`."""
    difference = images.astype(np.float64) / 255 - reconstructions.astype(np.float64)
    squares: np.ndarray = (difference.reshape(len(images), -1) ** 2).sum(axis=1)
    return squares


def mean_per_class(values: np.ndarray, labels: np.ndarray, class_names: Sequence[str]) -> dict[str, float]:
    """Return the mean of `values`, (N,), over each class that occurs, by class name."""
    return {
        name: float(values[labels == index].mean(dtype=np.float64))
        for index, name in enumerate(class_names)
        if (labels == index).any()
    }


def pick_per_class(labels: np.ndarray, per_class: int, seed: int = 0) -> np.ndarray:
    """Choose images for a grid with a row a class.

    Args:
        labels: (N,), int64.
        per_class: Images of each class; fewer where a class has fewer.
        seed: Another seed gives other images.

    Returns:
        Indices, int64, class by class.
    """
    generator = np.random.default_rng(seed)
    rows = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        rows.append(np.sort(generator.choice(members, size=min(per_class, len(members)), replace=False)))
    return np.concatenate(rows)


def best_and_worst(error: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the `count` smallest errors, rising, and of the `count` largest, falling."""
    order = np.argsort(error, kind="stable")
    return order[:count], order[::-1][:count]
