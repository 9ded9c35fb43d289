"""Measures of a latent space and of reconstructions. Imports scikit-learn on use."""

import math

import numpy as np

KNN_NEIGHBOURS = 10
TRUSTWORTHINESS_IMAGES = 2000
"""Images that trustworthiness looks at: it compares all pairs, which 10,000 images make slow."""


def psnr(mse: float) -> float | None:
    """Return the peak signal-to-noise ratio, in dB, of a mean squared error of pixels in [0, 1]; None for 0."""
    return None if mse == 0 else -10 * math.log10(mse)


def knn_accuracy(z_train: np.ndarray, labels_train: np.ndarray, z_test: np.ndarray, labels_test: np.ndarray) -> float:
    """Return the share of test points whose class the 10 nearest training points name.

    Args:
        z_train: (N, D), float32.
        labels_train: (N,), int64.
        z_test: (M, D), float32.
        labels_test: (M,), int64.
    """
    from sklearn.neighbors import KNeighborsClassifier

    classifier = KNeighborsClassifier(n_neighbors=min(KNN_NEIGHBOURS, len(z_train)))
    classifier.fit(z_train, labels_train)
    return float((classifier.predict(z_test) == labels_test).mean())


def trustworthiness(images: np.ndarray, z: np.ndarray) -> float | None:
    """Return how far neighbours in latent space are neighbours among the images too, in [0, 1].

    Args:
        images: (N, C, H, W), uint8; the first 2,000 count.
        z: (N, D), float32.

    Returns:
        The trustworthiness with 10 neighbours, or None for 20 images or fewer, where it is not defined.

    References:
        J. Venna, S. Kaski, Neighborhood preservation in nonlinear projection methods, ICANN 2001, equation (1).
    """
    from sklearn.manifold import trustworthiness as measure

    count = min(TRUSTWORTHINESS_IMAGES, len(images))
    if count <= 2 * KNN_NEIGHBOURS:
        return None
    pixels = images[:count].reshape(count, -1).astype(np.float32) / 255
    return float(measure(pixels, z[:count], n_neighbors=KNN_NEIGHBOURS))
