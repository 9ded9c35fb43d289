"""The Gaussian with mean and covariance of the latent points that a decoder learned from. NumPy only.

With it a model that ships without its encoded images still tells whether a point is in distribution.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from aeviz.training.summary import LatentSummary

FLAT = 1e-3
"""Standard deviation, as a share of the widest direction's, below which a direction counts as flat."""
USUAL = 0.99
"""Share of the points within the usual distance from the mean."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatentGaussian:
    """A Gaussian by its principal directions."""

    mean: np.ndarray
    """(D,), float64."""
    whitening: np.ndarray
    """(D, D), float64: maps a deviation from the mean to one with variance 1 along each direction."""
    dimensions: int
    """Directions that are not flat, at least 1."""

    def distances(self, points: np.ndarray) -> np.ndarray:
        """Return the Mahalanobis distance of each point, (M, D), from the mean; (M,), float64, in deviations.

        A flat direction counts with the width that makes it flat: whoever leaves the plane of the data is soon far.
        """
        scaled = (points.astype(np.float64) - self.mean) @ self.whitening
        result: np.ndarray = np.sqrt((scaled**2).sum(axis=1))
        return result

    def usual_distance(self, share: float = USUAL) -> float:
        """Return the distance that this share of its draws stays below, by the chi-square law.

        The squared distance of a Gaussian point has a chi-square distribution with as many degrees of freedom as there
        are dimensions. Its quantile is that of Wilson and Hilferty, whose root is within 1 % at the default.

        References:
            E. B. Wilson, M. M. Hilferty, The distribution of chi-square, PNAS 17 (1931) 684-688.
        """
        tail = 2 / (9 * self.dimensions)
        cube_root = 1 - tail + NormalDist().inv_cdf(share) * tail**0.5
        return float(np.sqrt(self.dimensions * cube_root**3))


def posterior_variances(summary: LatentSummary) -> np.ndarray:
    """Return the variance of the posterior of each dimension that its KL divergence from N(0, 1) implies.

    KL = (E[mean^2] + s - 1 - ln s) / 2 nats, where E[mean^2] is known, is solved for the variance s at most 1, taken to
    be the same for all images. Where the divergence is 0, s is 1: the posterior is the prior.

    Args:
        summary: That of a Gaussian posterior with the prior N(0, I).

    Returns:
        (D,), float64, from above 0 to 1; 0 in all dimensions where the divergence is unknown.
    """
    if summary.kl is None:
        return np.zeros(len(summary.mean))
    rest = np.maximum(2 * summary.kl - np.diag(summary.covariance) - summary.mean**2, 0)  # s - 1 - ln s
    low, high = -(1 + rest), np.zeros_like(rest)  # of ln s
    for _ in range(60):
        middle = (low + high) / 2
        too_low = np.exp(middle) - 1 - middle > rest
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    variances: np.ndarray = np.exp((low + high) / 2)
    return variances


def gaussian_by_directions(mean: np.ndarray, covariance: np.ndarray) -> LatentGaussian:
    """Return the Gaussian with that mean, (D,), and covariance, (D, D), by its principal directions."""
    values, vectors = np.linalg.eigh(covariance)
    deviations = np.sqrt(np.maximum(values, 0))
    floor = max(FLAT * float(deviations.max()), 1e-9)
    return LatentGaussian(
        mean=mean.astype(np.float64),
        whitening=vectors / np.maximum(deviations, floor),
        dimensions=max(1, int((deviations > floor).sum())),
    )
