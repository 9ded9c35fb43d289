"""Fully connected networks given by their widths: parameters, weights with a seed, values, and compositions.

Source: S1 (M. Sevkovych), Definition 1.1.5, Figures 1.1, 2.1 to 2.3, Definitions 2.1.1 and 2.1.2, Lemma 2.1.3, Theorem
2.1.4. Slips: a network of depth L has L + 1 widths (Definition 1.1.5), and Definitions 2.1.1 and 2.1.2 and Lemma 2.1.3
use L; the proof of Theorem 2.1.4 ends with a sum to N - 1 in place of N.

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
    """Tell whether no layer is wider than the one before it, as S1, Definition 2.1.1, demands of an encoder."""
    return all(after <= before for before, after in pairwise(widths))


def widens(widths: Sequence[int]) -> bool:
    """Tell whether no layer is narrower than the one before it, as S1, Definition 2.1.2, demands of a decoder."""
    return narrows(widths[::-1])


def compose(parts: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Return the widths of the composition of N networks, the first one applied first: S1, Theorem 2.1.4.

    Its depth is the sum of theirs, and so is the count of its parameters.

    Args:
        parts: Widths of each network, two or more.

    Raises:
        ValueError: A network does not take as many values as the one before it gives.
    """
    for k, (before, after) in enumerate(pairwise(parts), start=1):
        if before[-1] != after[0]:
            raise ValueError(
                f"network {k} gives {before[-1]} values and network {k + 1} takes {after[0]}; make both equal"
            )
    return (*parts[0], *(width for part in parts[1:] for width in part[1:]))
