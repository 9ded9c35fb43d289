"""What changes with the dimension: cells of a grid, volume near the surface, distances, and the radius of a Gaussian.

Source: S2 (R. Grabovac), section 2.1, Figure 2.1. Slip: S2 calls the growth O(n^M) of the coefficients of a polynomial
exponential; it is polynomial in n. The cells k^n of a grid grow exponentially.

`aeviz/web/components/dimension/measures.js` computes the same in the page.
"""

import math

import numpy as np


def occupied_share(bins: int, dimension: int, points: int) -> float:
    """Return the mean share of the bins^dimension cells that hold one or more of some uniform points."""
    cells = float(bins) ** dimension
    return -math.expm1(points * math.log1p(-1 / cells)) if cells > 1 else 1.0


def shell_share(thickness: float, dimension: int) -> float:
    """Return the share of a unit ball's volume that lies within `thickness`, in [0, 1], of its surface."""
    return float(1 - (1 - thickness) ** dimension)


def coefficients(dimension: int, degree: int) -> int:
    """Return how many coefficients a polynomial in so many variables has, up to a degree."""
    return math.comb(dimension + degree, degree)


def radius_density(radius: np.ndarray, dimension: int) -> np.ndarray:
    """Return the density of |z| for z ~ N(0, I) at radii (N,), above 0: (N,), float64."""
    half = dimension / 2
    log = (1 - half) * math.log(2) + (dimension - 1) * np.log(radius) - radius**2 / 2 - math.lgamma(half)
    return np.asarray(np.exp(log))


def distance_spread(points: np.ndarray) -> float:
    """Return the standard deviation of the distances between points (N, D) over their mean."""
    first, second = np.triu_indices(len(points), 1)
    distances = np.linalg.norm(points[first] - points[second], axis=1)
    return float(distances.std() / distances.mean())
