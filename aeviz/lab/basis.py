"""Regression in one dimension with fixed and with learned basis functions.

y(x) = w_0 + sum_j w_j phi_j(x). Fixed: Gaussian bumps with equally spaced centres, w by least squares. Learned: the
hidden units of a network, phi_j(x) = tanh(u_j x + c_j), all parameters trained by Adam on half the mean squared error.
Sources: S2 (R. Grabovac), section 2.1, equation (2.1) with f the identity, Figure 2.5; data and bumps are ours.
`aeviz/web/components/basis/regression.js` computes the same in the page.
"""

import numpy as np

RIDGE = 1e-8
"""Added to the diagonal of the normal equations, so that near bumps leave them solvable."""


def target(x: np.ndarray) -> np.ndarray:
    """Return the function of the data at points of any shape, float64: a slow wave with a steep step at 0.2."""
    value: np.ndarray = 0.4 * np.sin(3 * x) + 0.6 * np.tanh(15 * (x - 0.2))
    return value


def bumps(x: np.ndarray, count: int, width: float) -> np.ndarray:
    """Return 1 and the Gaussian bumps at points (N,), (N, count + 1); their centres go from -1 to 1, width > 0."""
    centres = np.linspace(-1, 1, count) if count > 1 else np.zeros(1)
    values = np.exp(-(((x[:, None] - centres) / width) ** 2) / 2)
    return np.concatenate([np.ones((len(x), 1)), values], axis=1)


def least_squares(features: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the weights (M,) of least squared error for features (N, M) and targets (N,), with `RIDGE`."""
    matrix = features.T @ features + RIDGE * np.eye(features.shape[1])
    weights: np.ndarray = np.linalg.solve(matrix, features.T @ y)
    return weights


def network(parameters: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return y at points (N,), (N,), of parameters (3 M + 1,): all u, all c, all w, and w_0."""
    u, c, w = parameters[:-1].reshape(3, -1)
    value: np.ndarray = np.tanh(x[:, None] * u + c) @ w + parameters[-1]
    return value


def gradient(parameters: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the gradient of half the mean squared error by the parameters of `network`, (3 M + 1,)."""
    u, c, w = parameters[:-1].reshape(3, -1)
    hidden = np.tanh(x[:, None] * u + c)
    residual = (hidden @ w + parameters[-1] - y) / len(x)
    slope = residual[:, None] * w * (1 - hidden**2)
    return np.concatenate([x @ slope, slope.sum(axis=0), residual @ hidden, residual.sum(keepdims=True)])


def train(
    parameters: np.ndarray, x: np.ndarray, y: np.ndarray, steps: int, rate: float, *, is_fixed: bool = False
) -> np.ndarray:
    """Return the parameters after steps of Adam with its usual constants; `is_fixed` trains w and w_0 alone.

    Args:
        parameters: As `network` has them, (3 M + 1,), float64; they stay as they are.
        x: Data, (N,).
        y: Their targets, (N,).
        steps: How many; each takes all data.
        rate: Learning rate.
        is_fixed: Whether u and c, and so the basis functions, stay.
    """
    mean, square = np.zeros_like(parameters), np.zeros_like(parameters)
    for step in range(1, steps + 1):
        slope = gradient(parameters, x, y)
        if is_fixed:
            slope[: 2 * (len(slope) // 3)] = 0
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        scale = np.sqrt(square / (1 - 0.999**step)) + 1e-8
        parameters = parameters - rate * mean / (1 - 0.9**step) / scale
    return parameters
