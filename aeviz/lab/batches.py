"""Gradient descent with batches of several sizes on the least squares of a straight line and of a small network.

The loss of a datum (x, y) is 1/2 (f(x) - y)^2, the empirical risk its mean over the data; f(x) = a x + c for the line,
w tanh(u x) for the network. The risk of the line is strictly convex where two x differ: one minimiser. Where all x are
equal it is convex alone, and its minimisers are a line. That of the network is not convex: (u, w) and (-u, -w) are the
same function. Sources: S1 (M. Sevkovych), Definition 1.2.4, Theorem 1.2.5, Lemma 1.2.6, Corollary 1.2.7, Theorem
1.2.8, which is a definition and asserts nothing; S2 (R. Grabovac), Definition 2.4.1.

`aeviz/web/components/batches/descent.js` computes the same in the page.
"""

from typing import Literal

import numpy as np

Decay = Literal["constant", "root"]
"""The learning rate stays, or is divided by the root of the number of the step."""
ModelName = Literal["line", "network"]
"""What is trained: parameters (a, c), or (u, w)."""


def predict(theta: np.ndarray, x: np.ndarray, model: ModelName = "line") -> np.ndarray:
    """Return f(x) at points (N,), float64, for parameters theta (2,)."""
    first, second = theta
    value: np.ndarray = first * x + second if model == "line" else second * np.tanh(first * x)
    return value


def datum_gradients(theta: np.ndarray, x: np.ndarray, y: np.ndarray, model: ModelName = "line") -> np.ndarray:
    """Return the gradient of the loss of each datum by the parameters, (N, 2), at theta (2,); data (N,), float64."""
    residual = predict(theta, x, model) - y
    if model == "line":
        return np.stack([residual * x, residual], axis=1)
    unit = np.tanh(theta[0] * x)
    return np.stack([residual * theta[1] * (1 - unit**2) * x, residual * unit], axis=1)


def risk(theta: np.ndarray, x: np.ndarray, y: np.ndarray, model: ModelName = "line") -> float:
    """Return the empirical risk at theta (2,)."""
    return float(((predict(theta, x, model) - y) ** 2).mean() / 2)


def excess_at_middle(p: np.ndarray, q: np.ndarray, x: np.ndarray, y: np.ndarray, model: ModelName = "line") -> float:
    """Return the risk half-way between two parameters minus the mean of theirs.

    At two different minimisers it is below 0 for a strictly convex risk, which therefore has only one; 0 for a convex
    one, whose minimisers include all between; above 0 only where the risk is not convex. See S1, Theorem 1.2.5.
    """
    mean = (risk(p, x, y, model) + risk(q, x, y, model)) / 2
    return risk((p + q) / 2, x, y, model) - mean


def batch_variance(gradients: np.ndarray, size: int) -> float:
    """Return the variance of the mean gradient of a batch drawn without replacement, summed over both parameters.

    It is the variance over the data by `size`, times (N - size) / (N - 1).
    """
    count = len(gradients)
    return float(gradients.var(axis=0).sum() / size * (count - size) / (count - 1))


def descend(
    start: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    order: np.ndarray,
    size: int,
    rate: float,
    decay: Decay,
    model: ModelName = "line",
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
        model: What is trained.
    """
    path = [np.array(start, dtype=float)]
    for step, batch in enumerate(order.reshape(-1, size), start=1):
        gradient = datum_gradients(path[-1], x[batch], y[batch], model).mean(axis=0)
        path.append(path[-1] - (rate if decay == "constant" else rate / np.sqrt(step)) * gradient)
    return np.array(path)
