"""Measures of a latent space and of reconstructions. Imports scikit-learn on use."""

import itertools
import math

import numpy as np

KNN_NEIGHBOURS = 10
TRUSTWORTHINESS_IMAGES = 2000
"""Images that trustworthiness looks at: it compares all pairs, which 10,000 images make slow."""

MIG_BINS = 20
"""Bins into which coordinates and real-valued factors are put to measure their mutual information."""


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


def mutual_information_gap(z: np.ndarray, factors: np.ndarray) -> float | None:
    """Return how far each factor of the images is held by one latent dimension alone, in [0, 1].

    For each factor it is the mutual information with the most informative dimension, less that with the next,
    over the factor's entropy; then the mean over factors. Coordinates and real-valued factors are put into 20 bins of
    equal width, as F. Locatello et al. (ICML 2019, arXiv:1811.12359) do.

    Args:
        z: Latent points, (N, D), floating point.
        factors: Labels or attributes of the images, (N, F): bool, integer or floating point.

    Returns:
        The gap, or None with fewer than two dimensions or where no factor varies.

    References:
        R. Chen, X. Li, R. Grosse, D. Duvenaud, Isolating sources of disentanglement in variational autoencoders,
        NeurIPS 2018, arXiv:1802.04942, (6).
    """
    if z.shape[1] < 2:
        return None
    known = [_one_hot(factor, MIG_BINS if factor.dtype.kind == "f" else None) for factor in factors.T]
    ends = np.cumsum([0, *(values.shape[1] for values in known)])
    beside = np.hstack(known)
    shares = np.stack([_one_hot(coordinate, MIG_BINS).T @ beside for coordinate in z.T]) / len(z)
    gaps = []
    for start, end in itertools.pairwise(ends):
        share = shares[:, :, start:end].astype(np.float64)  # (D, bins of z, bins of the factor)
        entropy = _entropy(share[0].sum(axis=0))
        if entropy > 1e-6:  # else it does not vary
            # I(z; v) = H(z) + H(v) - H(z, v)
            information = _entropy(share.sum(axis=2)) + entropy - _entropy(share.reshape(len(share), -1))
            second, first = np.sort(information)[-2:]
            gaps.append((first - second) / entropy)
    return float(np.mean(gaps)) if gaps else None


def _one_hot(values: np.ndarray, bins: int | None) -> np.ndarray:
    """Return which bin of equal width each value, (N,), falls into, (N, B), float32, or which distinct value it is."""
    if bins is None:
        distinct, places = np.unique(values, return_inverse=True)
        bins = len(distinct)
    else:
        span = float(np.ptp(values))
        places = np.minimum((values - values.min()) / (span or 1.0) * bins, bins - 1).astype(np.int64)
    chosen = np.zeros((len(values), bins), dtype=np.float32)
    chosen[np.arange(len(values)), places] = 1
    return chosen


def _entropy(shares: np.ndarray) -> np.ndarray:
    """Return the entropy in nats of distributions along the last axis."""
    return np.asarray(-(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=-1))


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
