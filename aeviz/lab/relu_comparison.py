"""The errors of PCA and of a network with ReLU on the same test images. Needs no torch."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReluComparison:
    """Errors of both on the same test images, during or after training."""

    epoch: int
    """Passes made through the training images; 0 before training."""
    training_loss: float | None
    """Mean squared error over the last pass; None before the first."""
    pca: np.ndarray
    """(M,), float64: mean squared error over the pixels of each test image, of PCA fitted to the training images and
    clipped to [0, 1], where the network's sigmoid keeps its images for nothing."""
    pca_unclipped: float
    """Mean over the test images of PCA's error before that."""
    pca_training: float
    """Mean squared error of PCA on the training images, not clipped."""
    network: np.ndarray
    """(M,), float64, of the network."""
    pca_images: np.ndarray
    """(M, C, H, W), float32, what PCA reconstructs, clipped to [0, 1]."""
    network_images: np.ndarray
    """(M, C, H, W), float32 in [0, 1]."""


def class_means(errors: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Return the mean error of each class, (classes,), float64; NaN for a class without images.

    Args:
        errors: (M,), floating point.
        labels: (M,), int64, from 0 to classes - 1.
        classes: Their number.
    """
    counts = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, weights=errors, minlength=classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
