"""Jensen's inequality for two points, for draws, and for the KL divergence of two Gaussians, in nats.

Sources: S2 (R. Grabovac), section 1.5, Definition 1.5.1, Theorem 1.5.2, equations (1.5) to (1.9). The text leaves p and
q(x | theta) open; here p is N(0, 1) and q(x | theta) is N(theta, sd^2), so that the KL divergence has a closed form,
`aeviz.lab.information.gaussian_kl`. `aeviz/web/components/jensen/convexity.js` computes the same in the page.
"""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
FUNCTIONS: dict[str, Function] = {
    "-ln x": lambda x: -np.log(x),
    "x^2": np.square,
    "e^x": np.exp,
    "sin x": np.sin,
}
"""Functions of the page, by name; the last is convex only from -pi to 0."""


def chord_gap(function: Function, a: float, b: float, weight: float) -> float:
    """Return (1 - weight) f(a) + weight f(b) - f((1 - weight) a + weight b), nonnegative where f is convex.

    Args:
        function: f, at the points.
        a: One end of the chord.
        b: The other end.
        weight: Lambda of S2 (1.5), in [0, 1].
    """
    left, right, middle = function(np.array([a, b, (1 - weight) * a + weight * b], dtype=np.float64))
    return float((1 - weight) * left + weight * right - middle)


def log_ratios(x: np.ndarray, theta: float, sd: float) -> np.ndarray:
    """Return ln(q(x | theta) / p(x)) at points of any shape, float64; sd > 0 is that of q."""
    ratios: np.ndarray = 0.5 * x**2 - 0.5 * ((x - theta) / sd) ** 2 - np.log(sd)
    return ratios


def mean_negative_log_likelihood(x: np.ndarray, theta: float, sd: float) -> float:
    """Return the mean of -ln q(x_n | theta) over draws (N,), least where theta is their mean."""
    return float(0.5 * np.log(2 * np.pi * sd**2) + 0.5 * (((x - theta) / sd) ** 2).mean())
