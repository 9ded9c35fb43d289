"""How far samples are from data in an embedding: a kernel distance without bias, and the Fréchet distance.

Source: M. Binkowski, D. J. Sutherland, M. Arbel, A. Gretton, Demystifying MMD GANs, ICLR 2018, arXiv:1801.01401,
section 3: squared maximum mean discrepancy with a cubic kernel (KID). M. Heusel et al., GANs trained by a two
time-scale update rule converge to a local Nash equilibrium, NeurIPS 2017, arXiv:1706.08500: Fréchet distance (FID).
Both take features of the Inception network, which knows photographs. Here any embedding may be given, so the values
compare with no published KID or FID.
"""

import math
from typing import NamedTuple

import numpy as np

DEGREE = 3
"""Of the polynomial kernel."""


class SquaredMmd(NamedTuple):
    """The three means of which a squared maximum mean discrepancy is made."""

    data: float
    """Mean of k(x, x') over pairs of different points of the data."""
    samples: float
    """The same of samples, k(y, y')."""
    cross: float
    """Mean of k(x, y)."""

    @property
    def value(self) -> float:
        """The estimate: 0 on average where both come from one distribution, so it may be negative."""
        return self.data + self.samples - 2 * self.cross


def polynomial_kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return (x y / D + 1)^3 for all pairs of points, (N, D) and (M, D): (N, M), float64."""
    product: np.ndarray = x.astype(np.float64) @ y.T.astype(np.float64)
    return np.asarray((product / x.shape[1] + 1) ** DEGREE)


def squared_mmd(x: np.ndarray, y: np.ndarray) -> SquaredMmd:
    """Estimate the squared maximum mean discrepancy without bias.

    Args:
        x: Points of the data, (N, D), N at least 2.
        y: Points of samples, (M, D), M at least 2.
    """
    return SquaredMmd(_off_diagonal(x), _off_diagonal(y), float(polynomial_kernel(x, y).mean()))


def _off_diagonal(x: np.ndarray) -> float:
    kernel, n = polynomial_kernel(x, x), len(x)
    return float((kernel.sum() - np.trace(kernel)) / (n * (n - 1)))


def block_mmds(x: np.ndarray, y: np.ndarray, size: int) -> list[SquaredMmd]:
    """Estimate it in disjoint blocks of points, so that the estimates are independent.

    Args:
        x: (N, D), in random order.
        y: (N, D), likewise.
        size: Points of a block; those beyond the last whole block are left out.
    """
    starts = range(0, min(len(x), len(y)) - size + 1, size)
    return [squared_mmd(x[start : start + size], y[start : start + size]) for start in starts]


def mean_and_error(values: list[float]) -> tuple[float, float]:
    """Return the mean of independent estimates and its standard error; infinite for a single one."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, math.inf
    return mean, float(np.std(values, ddof=1) / math.sqrt(len(values)))


def frechet_distance(x: np.ndarray, y: np.ndarray) -> float:
    """Return |m_x - m_y|^2 + tr(S_x + S_y - 2 (S_x S_y)^(1/2)) of the Gaussians fitted to points, (N, D) and (M, D).

    It is biased: points of one distribution have a distance above 0, the larger the fewer they are.
    """
    first, second = x.astype(np.float64), y.astype(np.float64)
    shift = first.mean(axis=0) - second.mean(axis=0)
    covariances = [np.atleast_2d(np.cov(points, rowvar=False)) for points in (first, second)]
    values, vectors = np.linalg.eigh(covariances[0])
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    mixed = np.linalg.eigvalsh(root @ covariances[1] @ root)  # as those of S_x S_y
    trace = sum(float(np.trace(covariance)) for covariance in covariances)
    return float(shift @ shift + trace - 2 * np.sqrt(np.maximum(mixed, 0)).sum())
