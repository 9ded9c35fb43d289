"""The loss surface of a linear autoencoder 2-1-2 with tied weights: z = w'x, x_hat = z w, two weights in all.

With S the mean of x x' over the data, the loss, the mean of |x - x_hat|^2, is tr S - 2 w'Sw + |w|^2 w'Sw. Its gradient
is 0 at 0 and at plus and minus each unit eigenvector of S: minima at the first, saddles at the second, a maximum at 0.
Sources: S3 (S. Chaki), *Loss Functions*, equations (3) and (4), whose 2-D example and surface have neither model nor
numbers; P. Baldi and K. Hornik, Neural networks and principal component analysis, 1989, for the critical points.

`aeviz/web/components/loss_surface/surface.js` computes the same in the page.
"""

import numpy as np


def reconstruct(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return x_hat = w (w'x) of points (N, 2), floating point, for weights (2,): (N, 2)."""
    rebuilt: np.ndarray = (x @ w)[:, None] * w
    return rebuilt


def loss(w: np.ndarray, moment: np.ndarray) -> float:
    """Return the mean of |x - x_hat|^2 at weights (2,), from the mean of x x' over the data, (2, 2)."""
    return float(np.trace(moment) + (w @ w - 2) * (w @ moment @ w))


def gradient(w: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """Return the gradient of `loss` by w, (2,)."""
    slope: np.ndarray = 2 * (w @ w - 2) * (moment @ w) + 2 * (w @ moment @ w) * w
    return slope


def descend(start: np.ndarray, moment: np.ndarray, rate: float, steps: int, limit: float = 10.0) -> np.ndarray:
    """Return w before the first step and after each, (steps + 1, 2) or fewer: it ends where |w| exceeds the limit."""
    path = [np.asarray(start, dtype=np.float64)]
    for _ in range(steps):
        path.append(path[-1] - rate * gradient(path[-1], moment))
        if np.linalg.norm(path[-1]) > limit:
            break
    return np.array(path)
