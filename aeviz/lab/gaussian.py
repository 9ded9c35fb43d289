"""The multivariate Gaussian: its density, Z-scores of single coordinates, and mean and covariance of a sample.

Sources: S2 (R. Grabovac), Definitions 1.1.4, 1.1.5 and 1.1.10, equation (1.3). The density needs an invertible
covariance, which S2 does not ask for. `aeviz/web/components/kit/covariance.js` computes the same in the page, in two
dimensions; `aeviz.lab.distance.covariance_of` gives the covariance that is dragged there.
"""

import numpy as np


def log_density(points: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return ln p at points (N, D), floating point: (N,).

    Args:
        points: Of any range.
        mean: (D,), floating point.
        covariance: (D, D), floating point, positive definite.

    Raises:
        numpy.linalg.LinAlgError: The covariance is singular.
    """
    shift = points - mean
    squares = (shift * np.linalg.solve(covariance, shift.T).T).sum(axis=1)
    log_det = np.linalg.slogdet(covariance)[1]
    value: np.ndarray = -0.5 * (squares + log_det + len(mean) * np.log(2 * np.pi))
    return value


def z_scores(points: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return (x_i - mu_i) / sigma_i of each coordinate of points (N, D): (N, D); variances must be above 0."""
    scores: np.ndarray = (points - mean) / np.sqrt(np.diag(covariance))
    return scores


def sample_moments(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean (D,) and covariance (D, D) of points (N, D), N at least 2; the covariance divides by N - 1."""
    mean = points.mean(axis=0)
    away = points - mean
    return mean, away.T @ away / (len(points) - 1)


def mass_within(distance: float) -> float:
    """Return the probability of a Mahalanobis distance below a nonnegative one, in two dimensions: 1 - exp(-d^2/2)."""
    return float(-np.expm1(-(distance**2) / 2))
