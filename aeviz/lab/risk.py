"""Risk and empirical risk of polynomials in one dimension, where the distribution of the data is known.

x is uniform on [-1, 1], y = target(x) + e with e from a Laplace density of standard deviation `noise`. Both risks then
are integrals over x alone: with a = target(x) - f(x) and b = noise / sqrt(2), E (a + e)^2 = a^2 + 2 b^2 and
E |a + e| = |a| + b exp(-|a| / b). Sources: S1 (M. Sevkovych), Definition 1.2.1, Example 1.2.2, Definitions 1.2.3 and
1.2.4; distribution and polynomials are ours. `aeviz/web/components/risk/risks.js` computes the same in the page.
"""

from typing import Literal

import numpy as np

from aeviz.lab.basis import least_squares

Loss = Literal["squared", "absolute"]
ROUNDS = 20
"""Rounds of reweighted least squares that minimise the mean absolute error."""
NEAREST = 1e-4
"""Least distance that such a round divides by."""
POINTS = 1000
"""Points of the midpoint rule over x."""


def target(x: np.ndarray) -> np.ndarray:
    """Return the conditional mean and median of y at points of any shape, float64."""
    value: np.ndarray = np.sin(3 * x) + 0.5 * x
    return value


def legendre(x: np.ndarray, degree: int) -> np.ndarray:
    """Return the Legendre polynomials 0 to `degree` at points (N,), float64 in [-1, 1]: (N, degree + 1)."""
    return np.polynomial.legendre.legvander(x, degree)


def losses(y: np.ndarray, prediction: np.ndarray, loss: Loss) -> np.ndarray:
    """Return the loss of each prediction, (N,), float64, nonnegative."""
    gaps: np.ndarray = np.abs(y - prediction)
    return gaps**2 if loss == "squared" else gaps


def fit(x: np.ndarray, y: np.ndarray, degree: int, loss: Loss) -> np.ndarray:
    """Return the weights (degree + 1,) of the polynomial whose empirical risk is least.

    For the absolute error by reweighted least squares, which is near the minimum and not exactly there.

    Args:
        x: Data, (N,), float64 in [-1, 1].
        y: Likewise, of any range.
        degree: From 0.
        loss: Whose mean over the data is minimised.
    """
    features = legendre(x, degree)
    weights = least_squares(features, y)
    for _ in range(ROUNDS if loss == "absolute" else 0):
        root = 1 / np.sqrt(np.maximum(np.abs(y - features @ weights), NEAREST))
        weights = least_squares(features * root[:, None], y * root)
    return weights


def empirical_risk(weights: np.ndarray, x: np.ndarray, y: np.ndarray, loss: Loss) -> float:
    """Return the mean loss of a polynomial's predictions over data (N,)."""
    return float(losses(y, legendre(x, len(weights) - 1) @ weights, loss).mean())


def risk(weights: np.ndarray, noise: float, loss: Loss) -> float:
    """Return the expected loss of a polynomial under the distribution, by the midpoint rule over x.

    Args:
        weights: As `fit` returns them.
        noise: Standard deviation of y given x, above 0.
        loss: Whose expectation.
    """
    x = -1 + (2 * np.arange(POINTS) + 1) / POINTS
    return float(_expected(target(x) - legendre(x, len(weights) - 1) @ weights, noise, loss).mean())


def least_risk(noise: float, loss: Loss) -> float:
    """Return the risk of `target`, which no function can go below: noise^2, or noise / sqrt(2)."""
    return float(_expected(np.zeros(1), noise, loss)[0])


def _expected(gap: np.ndarray, noise: float, loss: Loss) -> np.ndarray:
    scale = noise / np.sqrt(2)
    value: np.ndarray = gap**2 + noise**2 if loss == "squared" else np.abs(gap) + scale * np.exp(-np.abs(gap) / scale)
    return value
