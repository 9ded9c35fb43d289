"""Mahalanobis and Euclidean distance, whitening, and the variance along a direction.

Sources: S2 (R. Grabovac), Definitions 1.1.4, 1.1.5 and 1.1.8, Propositions 1.1.6 and 1.1.7, Theorem 1.1.9, equation
(1.2) and Figure 1.2. Slip: the caption of Figure 1.2 draws the principal components as lambda_i u_i; one standard
deviation along u_i is sqrt(lambda_i) u_i.

`aeviz/web/components/kit/covariance.js` computes the same in the page.
"""

import numpy as np


def covariance_of(first_sd: float, second_sd: float, angle: float) -> np.ndarray:
    """Return the covariance with these standard deviations along two perpendicular directions, (2, 2), float64.

    Args:
        first_sd: Along the direction of `angle`; above 0.
        second_sd: Along the direction a quarter of a turn further; above 0.
        angle: In degrees, from the first axis towards the second.
    """
    turn = np.deg2rad(angle)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    covariance: np.ndarray = axes.T @ np.diag([first_sd**2, second_sd**2]) @ axes
    return covariance


def principal_axes(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvalues of a covariance (D, D), largest first, (D,), and its eigenvectors as rows, (D, D)."""
    values, vectors = np.linalg.eigh(covariance)
    return values[::-1].copy(), vectors.T[::-1].copy()


def euclidean_distance(points: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return the distance of points (N, D), floating point, from a mean (D,): (N,)."""
    distance: np.ndarray = np.linalg.norm(points - mean, axis=1)
    return distance


def mahalanobis_distance(points: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return the distance of points (N, D) from a mean (D,) in standard deviations of a covariance (D, D): (N,).

    Raises:
        numpy.linalg.LinAlgError: The covariance is singular.
    """
    shift = points - mean
    squares = (shift * np.linalg.solve(covariance, shift.T).T).sum(axis=1)
    distance: np.ndarray = np.sqrt(squares)
    return distance


def whiten(points: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return y_i / sqrt(lambda_i) of points (N, D), where y = U (x - mean): (N, D), with the identity as covariance."""
    values, axes = principal_axes(covariance)
    white: np.ndarray = (points - mean) @ axes.T / np.sqrt(values)
    return white


def variance_along(direction: np.ndarray, covariance: np.ndarray) -> float:
    """Return the variance a' Sigma a along a direction (D,), which is scaled to length 1 and must not be 0."""
    length = np.linalg.norm(direction)
    if length == 0:
        raise ValueError("a direction of length 0; give one that points somewhere")
    unit = direction / length
    return float(unit @ covariance @ unit)
