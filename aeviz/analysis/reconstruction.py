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
    difference = images.astype(np.float64) / 255 - reconstructions.astype(np.float64)
    error: np.ndarray = np.linalg.norm(difference.reshape(len(images), -1), axis=1)
    return error


def squared_errors(originals: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Return the mean squared error of each image over its pixels, (N,), float64.

    Args:
        originals: (N, C, H, W), uint8.
        images: Reconstructions of them, (N, C, H, W), float32 in [0, 1].
    """
    clean = originals.astype(np.float32) / np.float32(255)  # as torch divides: an untouched image has the error 0
    difference = images.astype(np.float64) - clean
    errors: np.ndarray = (difference**2).reshape(len(originals), -1).mean(axis=1)
    return errors


def mean_per_class(values: np.ndarray, labels: np.ndarray, class_names: Sequence[str]) -> dict[str, float]:
    """Return the mean of `values`, (N,), over each class that occurs, by class name."""
    return {
        name: float(values[labels == index].mean(dtype=np.float64))
        for index, name in enumerate(class_names)
        if (labels == index).any()
    }


def pick_per_class(labels: np.ndarray, per_class: int, seed: int = 0) -> np.ndarray:
    """Choose images for a grid.

    Args:
        labels: (N,), int64.
        per_class: Images of each class.
        seed: Another seed gives other images.

    Returns:
        Indices, int64, class by class, `per_class` for each class that occurs; -1 fills up a class that has fewer.
    """
    generator = np.random.default_rng(seed)
    rows = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        chosen = np.sort(generator.choice(members, size=min(per_class, len(members)), replace=False))
        rows.append(np.pad(chosen, (0, per_class - len(chosen)), constant_values=-1))
    return np.concatenate(rows)


def best_and_worst(error: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the `count` smallest errors, rising, and of the `count` largest, falling."""
    order = np.argsort(error, kind="stable")
    return order[:count], order[::-1][:count]


def helpful_levels(levels: Sequence[float], corrupted: np.ndarray, restored: np.ndarray) -> tuple[float, float] | None:
    """Return the lowest and the highest level at which the restored images are nearer to the originals.

    Args:
        levels: L levels of corruption, rising.
        corrupted: Mean squared error of the corrupted images at each, (L,).
        restored: That of the restored images, (L,).

    Returns:
        The two levels; None where the corrupted images are nearer throughout.
    """
    helps = np.flatnonzero(restored < corrupted)
    return (float(levels[helps[0]]), float(levels[helps[-1]])) if len(helps) else None


def confusion(labels: np.ndarray, votes: np.ndarray, classes: int) -> np.ndarray:
    """Count how often images of a class are taken for another.

    Args:
        labels: Classes of the images, (N,), int64 in [0, classes).
        votes: Classes that they are taken for, (N,), likewise.
        classes: Number of classes.

    Returns:
        (classes, classes), int64: true class in rows, the other in columns.
    """
    return np.bincount(labels * classes + votes, minlength=classes**2).reshape(classes, classes)
