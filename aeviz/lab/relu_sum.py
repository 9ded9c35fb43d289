"""A sum of ReLUs through given values: why a layer of neurons can approximate a continuous function of one variable.

Between its knots the sum is linear, so it is the interpolating polygon: for a function with a bounded second derivative
its error falls as the square of the distance of the knots. The sources use such networks (S1, Definition 1.1.5; S2,
section 2.1, Figure 2.5) and do not state the theorem.

`aeviz/web/components/neuron/relu_sum.js` computes the same in the page.
"""

import numpy as np


def relu_weights(knots: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the weights of ReLUs that bend at the knots but the last one, so that their sum passes through the values.

    Args:
        knots: (K + 1,), float64, rising.
        values: (K + 1,), float64; the first one is the bias of the sum.

    Returns:
        (K,), float64: the changes of the slope.
    """
    slopes = np.diff(values) / np.diff(knots)
    return np.diff(slopes, prepend=0)


def relu_sum(x: np.ndarray, knots: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return values[0] + sum_k w_k ReLU(x - knot_k) at x (N,): (N,); see `relu_weights`."""
    bends = np.maximum(0, x[:, None] - knots[:-1])
    return np.asarray(values[0] + bends @ relu_weights(knots, values))
