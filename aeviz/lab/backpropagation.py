"""Backpropagation through a fully connected network, for one datum and the loss 1/2 |a - t|^2.

Source: S2 (R. Grabovac), section 2.5, equations (2.6) to (2.8), Algorithm 3. Slips: line 16 of Algorithm 3 has
a_(l-1) delta_l', the transpose of the gradient; (2.7) prints f_l for f_L; the derivation takes the bias out of the
bracket, and the formula for one weight exchanges the indices of delta and a.

`aeviz/web/components/backpropagation/passes.js` computes the same in the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.lab.activations import Activation, activate, derivative

Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True, slots=True)
class Passes:
    """What both passes compute, an array for each layer, first layer first."""

    z: Arrays
    """Pre-activations, (M,)."""
    a: Arrays
    """Activations, (M,)."""
    loss: float
    """1/2 |a_L - t|^2."""
    delta: Arrays
    """Derivatives of the loss by the pre-activations, (M,)."""
    weight_gradients: Arrays
    """Derivatives by the weights, (M, N)."""

    @property
    def bias_gradients(self) -> Arrays:
        """Derivatives by the biases: the deltas."""
        return self.delta


def backpropagate(
    weights: Sequence[np.ndarray],
    biases: Sequence[np.ndarray],
    activations: Sequence[Activation],
    x: np.ndarray,
    target: np.ndarray,
) -> Passes:
    """Run a network forward and the derivatives of its loss backward.

    Args:
        weights: Of each layer, (M, N), float64.
        biases: Likewise, (M,).
        activations: Likewise.
        x: Input, (N,) of the first layer.
        target: (M,) of the last layer.
    """
    z: list[np.ndarray] = []
    a = [np.asarray(x, dtype=float)]
    for weight, bias, name in zip(weights, biases, activations, strict=True):
        z.append(weight @ a[-1] + bias)
        a.append(activate(name, z[-1]))
    error = a[-1] - target
    delta = [error * derivative(activations[-1], z[-1])]
    for layer in range(len(weights) - 2, -1, -1):
        delta.insert(0, weights[layer + 1].T @ delta[0] * derivative(activations[layer], z[layer]))
    gradients = tuple(np.outer(d, before) for d, before in zip(delta, a[:-1], strict=True))
    return Passes(tuple(z), tuple(a[1:]), float(error @ error) / 2, tuple(delta), gradients)
