"""Gradient descent with batches of several sizes on the least squares of a straight line.

The loss of a datum (x, y) is 1/2 (a x + c - y)^2, the empirical risk its mean over the data. Sources: S1 (M.
Sevkovych), Definition 1.2.4, Lemma 1.2.6, Corollary 1.2.7, Theorem 1.2.8, which is a definition and asserts nothing;
S2 (R. Grabovac), Definition 2.4.1.

`aeviz/web/components/batches/descent.js` computes the same in the page.
"""

from typing import Literal

import numpy as np

Decay = Literal["constant", "root"]
"""The learning rate stays, or is divided by the root of the number of the step."""


def datum_gradients(theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the gradient of the loss of each datum by (a, c), (N, 2), at theta (2,); data (N,), float64."""
    residual = theta[0] * x + theta[1] - y
    return np.stack([residual * x, residual], axis=1)


def risk(theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    """Return the empirical risk at theta (2,)."""
    return float(((theta[0] * x + theta[1] - y) ** 2).mean() / 2)


def batch_variance(gradients: np.ndarray, size: int) -> float:
    """Return the variance of the mean gradient of a batch drawn without replacement, summed over both parameters.

    It is the variance over the data by `size`, times (N - size) / (N - 1).
    """
    count = len(gradients)
    return float(gradients.var(axis=0).sum() / size * (count - size) / (count - 1))


def descend(
    start: np.ndarray, x: np.ndarray, y: np.ndarray, order: np.ndarray, size: int, rate: float, decay: Decay
) -> np.ndarray:
    """Return the parameters before the first step and after each one, (steps + 1, 2).

    Args:
        start: (2,), float64.
        x: (N,), float64.
        y: Likewise.
        order: Which datum comes when, whole numbers; its length is a multiple of `size`.
        size: Data of a batch.
        rate: Learning rate of the first step.
        decay: What becomes of it.
    """
    path = [np.array(start, dtype=float)]
    for step, batch in enumerate(order.reshape(-1, size), start=1):
        gradient = datum_gradients(path[-1], x[batch], y[batch]).mean(axis=0)
        path.append(path[-1] - (rate if decay == "constant" else rate / np.sqrt(step)) * gradient)
    return np.array(path)
