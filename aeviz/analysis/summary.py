"""Statistics of latent points that stand in for the points themselves. NumPy only."""

import numpy as np

from aeviz.training.summary import LatentSummary

LEVELS = (0.005, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 0.995)
"""Levels of the quantiles that are kept."""


def summarise(
    z: np.ndarray,
    *,
    kl: np.ndarray | None = None,
    attributes: np.ndarray | None = None,
    attribute_names: tuple[str, ...] = (),
) -> LatentSummary:
    """Return the statistics of latent points.

    Args:
        z: Posterior means, (N, D), floating point, N at least 1.
        kl: Divergence by dimension, nats per image, (D,); None for a plain autoencoder.
        attributes: Yes-or-no properties of the images, (N, A), bool, or None.
        attribute_names: A names.
    """
    points = z.astype(np.float64)
    mean = points.mean(axis=0)
    centred = points - mean
    means = counts = None
    if attributes is not None:
        groups = np.stack([~attributes, attributes], axis=1).astype(np.float64)  # (N, 2, A)
        counts = groups.sum(axis=0).T.astype(np.int64)
        sums = np.einsum("nga,nd->agd", groups, points)
        with np.errstate(invalid="ignore"):
            means = sums / np.where(counts == 0, np.nan, counts)[..., None]
    return LatentSummary(
        count=len(points),
        mean=mean,
        covariance=centred.T @ centred / len(points),
        levels=np.array(LEVELS),
        quantiles=np.quantile(points, LEVELS, axis=0),
        kl=None if kl is None else kl.astype(np.float64),
        attribute_names=attribute_names if attributes is not None else (),
        attribute_means=means,
        attribute_counts=counts,
    )


def principal_directions(summary: LatentSummary) -> tuple[np.ndarray, np.ndarray]:
    """Return the principal directions of latent points and the standard deviation along each.

    Returns:
        (D, D), float64: orthonormal columns by falling variance, each with its largest entry positive; and (D,),
        float64.
    """
    values, vectors = np.linalg.eigh(summary.covariance)
    axes = vectors[:, ::-1]
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(len(axes))] < 0, -1, 1)  # a fixed sign
    return axes, np.sqrt(np.maximum(values[::-1], 0))
