"""How large activations and gradients are in each layer of a deep network, by its initial weights.

Sources: S2 (R. Grabovac), section 2.6, which names the initialisations of Xavier Glorot and of He without formulas. The
variances are 2 / (fan_in + fan_out) (X. Glorot and Y. Bengio, AISTATS 2010) and 2 / fan_in (K. He et al., ICCV 2015).
PyTorch's default for a linear layer is uniform within 1 / sqrt(fan_in), variance 1 / (3 fan_in).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from aeviz.lab.activations import Activation, activate, derivative

Initialisation = Literal["zero", "small", "PyTorch", "Xavier", "He", "too large"]
INITIALISATIONS: tuple[Initialisation, ...] = get_args(Initialisation)
_VARIANCES: dict[Initialisation, Callable[[int, int], float]] = {
    "zero": lambda _in, _out: 0.0,
    "small": lambda _in, _out: 0.01**2,
    "PyTorch": lambda fan_in, _out: 1 / (3 * fan_in),
    "Xavier": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "He": lambda fan_in, _out: 2 / fan_in,
    "too large": lambda _in, _out: 1.0,
}
_UNIFORM = ("PyTorch", "Xavier")
WIDTH = 256
"""Units of each layer, and of the input."""
IMAGES = 64
"""Inputs, drawn from N(0, I)."""


def weight_variance(initialisation: Initialisation, fan_in: int, fan_out: int) -> float:
    """Return the variance of a weight of a layer with so many inputs and outputs."""
    return _VARIANCES[initialisation](fan_in, fan_out)


@dataclass(frozen=True, slots=True)
class Signals:
    """Mean squares over units and inputs, layer by layer."""

    activations: np.ndarray
    """(L + 1,), float64; the first one is that of the input."""
    gradients: np.ndarray
    """(L,), float64: of the derivatives by the pre-activations, for a standard normal derivative by the output."""


def measure_signals(
    activation: Activation, initialisation: Initialisation, layers: int, *, width: int = WIDTH, seed: int = 0
) -> Signals:
    """Send standard normal inputs through a new network without biases and standard normal derivatives back.

    Args:
        activation: Of every layer.
        initialisation: Likewise.
        layers: How many, L.
        width: Units of each layer.
        seed: Of weights, inputs and derivatives.
    """
    random = np.random.default_rng(seed)
    a = random.normal(size=(IMAGES, width))
    deviation = math.sqrt(weight_variance(initialisation, width, width))
    weights, z, squares = [], [], [float((a**2).mean())]
    for _ in range(layers):
        unit = random.uniform(-math.sqrt(3), math.sqrt(3), (width, width)) if initialisation in _UNIFORM else None
        weights.append(deviation * (random.normal(size=(width, width)) if unit is None else unit))
        z.append(a @ weights[-1].T)
        a = activate(activation, z[-1])
        squares.append(float((a**2).mean()))
    delta = random.normal(size=a.shape) * derivative(activation, z[-1])
    gradients = [float((delta**2).mean())]
    for layer in range(layers - 1, 0, -1):
        delta = delta @ weights[layer] * derivative(activation, z[layer - 1])
        gradients.insert(0, float((delta**2).mean()))
    return Signals(np.array(squares), np.array(gradients))
