"""Fully connected networks given by their widths: parameters, weights with a seed, values, and compositions.

Source: S1 (M. Sevkovych), Definition 1.1.5, Figures 1.1, 2.1 to 2.3, Definitions 2.1.1 and 2.1.2, Lemma 2.1.3. Slip: a
network of depth L has L + 1 widths (Definition 1.1.5); Definitions 2.1.1 and 2.1.2 and Lemma 2.1.3 use L.

`aeviz/web/components/drawn_network/layers.js` computes the same in the page.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from aeviz.lab.activations import Activation, activate

Layers = list[tuple[np.ndarray, np.ndarray]]
"""Weights (M, N) and biases (M,) of each layer, float64."""


def count_parameters(widths: Sequence[int]) -> int:
    """Return how many weights and biases a fully connected network has."""
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(widths))


def run_network(layers: Layers, activations: Sequence[Activation], x: np.ndarray) -> list[np.ndarray]:
    """Return the values of all layers, the input (N,) first; each layer has an activation function."""
    values = [np.asarray(x, dtype=float)]
    for (weights, biases), name in zip(layers, activations, strict=True):
        values.append(activate(name, weights @ values[-1] + biases))
    return values


def narrows(widths: Sequence[int]) -> bool:
    """Tell whether each layer is narrower than the one before it, as S1 demands of an encoder."""
    return all(after < before for before, after in pairwise(widths))
