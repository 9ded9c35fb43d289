"""The projection of a point of the plane onto a set, in the norm |Q^(1/2) x| of a positive definite matrix Q.

P(z) = argmin over x in F of |Q^(1/2) (x - z)|. On a convex closed F it does not expand distances in that norm. Source:
S1 (M. Sevkovych), Definition 1.2.12, Lemmas 1.2.13 and 1.2.16. Slips: S1 writes min for argmin, and lets Q be any
operator.

`aeviz/web/components/projection/sets.js` computes the same in the page.
"""

from collections.abc import Callable

import numpy as np

_HALVINGS = 200
_SURE = 1e-12


def norm(x: np.ndarray, q: np.ndarray) -> float:
    """Return |Q^(1/2) x| of x (2,) for Q (2, 2)."""
    return float(np.sqrt(x @ q @ x))


def onto_disc(z: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the projection of z (2,) onto the unit disc, (2,), for Q (2, 2), positive definite."""
    return np.array(z, dtype=float) if z @ z <= 1 else _on_circle(z, q, 0.0)


def onto_circle(z: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the nearest point of the unit circle, which is not convex: one of several where they are equally near."""
    return _on_circle(z, q, -float(np.linalg.eigvalsh(q)[0]))


def _on_circle(z: np.ndarray, q: np.ndarray, lowest: float) -> np.ndarray:
    """Solve (Q + l I) x = Q z with |x| = 1 for the only l above `lowest`, where |x| is more than 1, by bisection."""
    values, axes = np.linalg.eigh(q)
    pulled = values * (axes.T @ z)

    def length(shift: float) -> float:
        return float(np.linalg.norm(pulled / np.maximum(values + shift, _SURE)))

    low, high = lowest, 1.0
    while length(high) > 1:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if length(middle) > 1 else (low, middle)
    x = axes @ (pulled / np.maximum(values + high, _SURE))
    size = np.linalg.norm(x)
    return np.asarray(x / size if size > _SURE else axes[:, 0])


def onto_square(z: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the projection of z (2,) onto the square [-1, 1] x [-1, 1], (2,): the best point of its sides."""
    if np.abs(z).max() <= 1:
        return np.array(z, dtype=float)
    found = []
    for axis in (0, 1):
        other = 1 - axis
        for side in (-1.0, 1.0):
            x = np.empty(2)
            x[axis] = side
            x[other] = np.clip(z[other] - q[0, 1] / q[other, other] * (side - z[axis]), -1, 1)
            found.append(x)
    return min(found, key=lambda x: norm(x - z, q))


SETS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "disc": onto_disc,
    "square": onto_square,
    "circle": onto_circle,
}
"""Projections by set; the circle is the one that is not convex."""
