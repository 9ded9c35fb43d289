"""The spectral theorem by Jacobi's rotations: a symmetric matrix becomes diagonal, one pair of coordinates at a time.

A rotation in the plane of the coordinates i and j makes the largest entry off the diagonal 0 and lowers the sum of
the squares off the diagonal by twice its square, so that the matrix tends to a diagonal one: a proof of the theorem.
Sources: S2 (R. Grabovac), Theorem 1.1.9 and the equation after it; C. G. J. Jacobi, Über ein leichtes Verfahren, 1846.
`aeviz/web/components/spectral/jacobi.js` computes the same in the page.
"""

import numpy as np

SMALLEST = 1e-13
"""Share of the matrix's norm below which the entries off the diagonal count as 0."""


def jacobi(matrix: np.ndarray, rotations: int) -> tuple[np.ndarray, np.ndarray]:
    """Return Q' A Q and Q after some rotations, both (D, D), float64; Q is orthogonal.

    Args:
        matrix: A, (D, D), floating point, symmetric, D at least 2.
        rotations: At most as many; it ends where the matrix is diagonal.
    """
    turned, axes = matrix.astype(np.float64), np.eye(len(matrix))
    least = SMALLEST * np.linalg.norm(turned)
    for _ in range(rotations):
        if off_diagonal(turned) <= least:
            break
        upper = np.abs(np.triu(turned, 1))
        i, j = np.unravel_index(int(upper.argmax()), upper.shape)
        ratio = (turned[j, j] - turned[i, i]) / (2 * turned[i, j])
        tangent = (1 if ratio >= 0 else -1) / (abs(ratio) + np.sqrt(1 + ratio**2))
        cosine = 1 / np.sqrt(1 + tangent**2)
        rotation = np.eye(len(matrix))
        rotation[[i, j], [i, j]] = cosine
        rotation[i, j], rotation[j, i] = tangent * cosine, -tangent * cosine
        turned, axes = rotation.T @ turned @ rotation, axes @ rotation
        turned[i, j] = turned[j, i] = 0
    return turned, axes


def off_diagonal(matrix: np.ndarray) -> float:
    """Return the root of the sum of squares off the diagonal of a square matrix."""
    return float(np.linalg.norm(matrix - np.diag(np.diag(matrix))))


def low_rank(values: np.ndarray, axes: np.ndarray, rank: int) -> np.ndarray:
    """Return the sum of lambda_i u_i u_i' over the largest values, (D, D), float64.

    Args:
        values: lambda, (D,), floating point, in any order.
        axes: u_i as columns, (D, D), floating point.
        rank: How many, from 0 to D.
    """
    chosen = np.argsort(-values, kind="stable")[:rank]
    rebuilt: np.ndarray = (axes[:, chosen] * values[chosen]) @ axes[:, chosen].T
    return rebuilt


def example() -> np.ndarray:
    """Return a covariance (6, 6), float64, for where no model is at hand."""
    factor = np.random.default_rng(4).normal(size=(6, 6))
    covariance: np.ndarray = factor @ factor.T / 6
    return covariance
