"""Probabilistic PCA with a latent plane: a variational autoencoder whose every quantity has a closed form.

p(z) = N(0, I), p(x | z) = N(W z, s^2 I). Then p(x) = N(0, W W^T + s^2 I), and the posterior is N(C W^T x / s^2, C) with
C = (I + W^T W / s^2)^-1.

References:
    M. Tipping, C. Bishop, Probabilistic principal component analysis, Journal of the Royal Statistical Society B 61(3),
    1999.
"""

import math
from dataclasses import dataclass

import numpy as np

from aeviz.lab.gaussian_bounds import PlaneGaussian


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearDecoder:
    """p(x | z) = N(W z, s^2 I)."""

    weight: np.ndarray
    """W, (P, 2), float64."""
    deviation: float
    """s, above 0: standard deviation of a pixel."""

    @property
    def precision(self) -> np.ndarray:
        """Inverse covariance of the posterior, (2, 2), float64; it does not depend on the image."""
        precision: np.ndarray = np.eye(2) + self.weight.T @ self.weight / self.deviation**2
        return precision

    def posterior(self, x: np.ndarray) -> PlaneGaussian:
        """Return p(z | x) of an image, (P,)."""
        covariance = np.linalg.inv(self.precision)
        return PlaneGaussian(mean=covariance @ self.weight.T @ x / self.deviation**2, covariance=covariance)

    def best_diagonal(self, x: np.ndarray) -> PlaneGaussian:
        """Return the Gaussian without correlation whose ELBO is highest: the diagonal of the precision remains."""
        variances = 1 / np.diag(self.precision)
        return PlaneGaussian(mean=self.posterior(x).mean, covariance=np.diag(variances))

    def log_evidence(self, x: np.ndarray) -> float:
        """Return ln p(x) of an image, (P,), in nats."""
        marginal = self.weight @ self.weight.T + self.deviation**2 * np.eye(len(x))
        quadratic = float(x @ np.linalg.solve(marginal, x))
        return -(quadratic + float(np.linalg.slogdet(marginal)[1]) + len(x) * math.log(2 * math.pi)) / 2

    def log_joint(self, x: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return ln p(x, z) of an image, (P,), at points, (M, 2): (M,), float64."""
        squares = ((x - points @ self.weight.T) ** 2).sum(axis=1) / self.deviation**2 + (points**2).sum(axis=1)
        constant = len(x) * math.log(self.deviation) + (len(x) + 2) * math.log(2 * math.pi) / 2
        joint: np.ndarray = -squares / 2 - constant
        return joint

    @property
    def correlation(self) -> float:
        """Correlation of the two latent dimensions in the posterior, in (-1, 1)."""
        precision = self.precision
        return -float(precision[0, 1] / math.sqrt(precision[0, 0] * precision[1, 1]))


def two_columns(angle: float) -> np.ndarray:
    """Return W, (2, 2), float64: unit columns that enclose an angle, in radians, symmetric about the first pixel."""
    half = angle / 2
    return np.array([[math.cos(half), math.cos(half)], [math.sin(half), -math.sin(half)]])


def family_gap(correlation: float) -> float:
    """Return what the best Gaussian without correlation misses of a Gaussian posterior: -ln(1 - rho^2) / 2, in nats."""
    return -math.log1p(-(correlation**2)) / 2


def shifted(q: PlaneGaussian, deviations: float) -> PlaneGaussian:
    """Return a Gaussian moved along z1 by some of its standard deviations: an encoder that misses the mean.

    From the best one without correlation of a Gaussian posterior, this costs deviations^2 / 2 nats.
    """
    offset = np.array([deviations * math.sqrt(q.covariance[0, 0]), 0.0])
    return PlaneGaussian(mean=q.mean + offset, covariance=q.covariance)
