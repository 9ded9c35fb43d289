"""Activation functions and their derivatives.

Sources: S1 (M. Sevkovych), Definition 1.1.1 and Example 1.1.2; S2 (R. Grabovac), sections 2.2 and 2.6, Figures 2.3 and
2.8, Table 2.1. S2 lets the derivative of ReLU at 0 be 0 or 1; here it is 0, as in PyTorch, and the derivatives of the
others with a bend at 0 are those from the left.

`aeviz/web/components/kit/activations.js` computes the same in the page.
"""

from typing import Literal, get_args

import numpy as np

Activation = Literal["sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "identity"]
ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
USUAL_ALPHA: dict[Activation, float] = {"leaky_relu": 0.01, "prelu": 0.25, "elu": 1.0}
"""PyTorch's alpha: the slope below 0 of Leaky ReLU, where that of PReLU starts in training, and the depth of ELU."""


def activate(name: Activation, x: np.ndarray, alpha: float = 0.0) -> np.ndarray:
    """Return the activation function at x, of any shape, float64.

    Args:
        name: Which function.
        x: Pre-activations.
        alpha: Slope below 0 of Leaky ReLU and PReLU; minus the limit of ELU at minus infinity; others ignore it.
    """
    below: np.ndarray
    if name == "sigmoid":
        return np.asarray(np.exp(-np.logaddexp(0, -x)))
    if name == "tanh":
        return np.asarray(np.tanh(x))
    if name == "identity":
        return np.array(x, dtype=float)
    below = (
        alpha * np.expm1(np.minimum(x, 0)) if name == "elu" else (0.0 if name == "relu" else alpha) * np.minimum(x, 0)
    )
    return np.where(x > 0, x, below)


def derivative(name: Activation, x: np.ndarray, alpha: float = 0.0) -> np.ndarray:
    """Return the derivative of an activation function at x, of any shape, float64; the arguments are those above."""
    if name == "sigmoid":
        return np.asarray(activate(name, x) * activate(name, -x))
    if name == "tanh":
        return np.asarray(1 - np.tanh(x) ** 2)
    if name == "identity":
        return np.ones_like(x, dtype=float)
    below = (
        alpha * np.exp(np.minimum(x, 0)) if name == "elu" else np.full_like(x, 0.0 if name == "relu" else alpha, float)
    )
    return np.where(x > 0, 1.0, below)
