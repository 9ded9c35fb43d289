"""The identity shortcut: autoencoders with enough units copy every input, and what stops them.

Data lie near lines in the plane. Four autoencoders, each in closed form:

- two linear units with identity weights: z = x, and the reconstruction is x;
- four units with ReLU: z = ReLU((x, -x)), and x = ReLU(x) - ReLU(-x);
- one linear unit along the first principal direction, the best bottleneck: z = u'(x - m);
- sparse units, with unit vectors d_j along the data as decoder weights and the code z >= 0 that minimises
  |x - D z|^2 + lambda sum z. Along three rays there are three, more units than inputs.

If the code is multiplied by c and the decoder divided by c, the reconstruction is the same and the penalty is c times
as large: it is only worth something while the decoder's weights are bounded, as they are in the last one.

Sources: S3 (S. Chaki), Sparse Autoencoders, equation (10); I. Goodfellow, Y. Bengio, A. Courville, Deep learning, MIT
Press 2016, sections 14.1 to 14.2 (overcomplete autoencoders) and 13.4 (sparse coding, norms of the decoder); B.
Olshausen, D. Field, Sparse coding with an overcomplete basis set, Vision Research 37, 1997.

`aeviz/web/components/identity_shortcut/copies.js` computes the same in the page.
"""

from itertools import combinations

import numpy as np

MODELS = "2 linear units", "4 ReLU units", "1 linear unit", "sparse units"
"""In the order of the address."""
ANGLES = (np.pi / 6, 7 * np.pi / 6), (0.0, 3 * np.pi / 4, 5 * np.pi / 4)
"""Directions of the sparse units: both ways along a line, and along three rays."""


def directions(index: int) -> np.ndarray:
    """Return the decoder weights of the sparse units for data near a line (0) or three rays (1), (2, K), float64."""
    return np.array([np.cos(ANGLES[index]), np.sin(ANGLES[index])])


def encode(
    x: np.ndarray, model: int, data: np.ndarray, units: np.ndarray | None = None, weight: float = 0
) -> np.ndarray:
    """Return the codes, (M, D), float64.

    Args:
        x: Points, (M, 2), floating point.
        model: Index in `MODELS`.
        data: What the bottleneck was fitted to, (N, 2), floating point.
        units: Decoder weights of the sparse units, (2, K); only they need them.
        weight: lambda of the sparse units, at least 0.
    """
    values = np.asarray(x, dtype=np.float64)
    if model == 0:
        return np.array(values)
    if model == 1:
        return np.maximum(np.column_stack([values, -values]), 0)
    if model == 2:
        mean, direction = _line(data)
        codes: np.ndarray = (values - mean) @ direction[:, None]
        return codes
    return np.stack([sparse_code(point, _given(units), weight) for point in values])


def decode(codes: np.ndarray, model: int, data: np.ndarray, units: np.ndarray | None = None) -> np.ndarray:
    """Return the reconstructions, (M, 2), float64; arguments as of `encode`."""
    if model == 0:
        return codes.copy()
    if model == 2:
        mean, direction = _line(data)
        points: np.ndarray = mean + codes * direction
        return points
    made: np.ndarray = codes[:, :2] - codes[:, 2:] if model == 1 else codes @ _given(units).T
    return made


def sparse_code(x: np.ndarray, units: np.ndarray, weight: float) -> np.ndarray:
    """Return the z >= 0, (K,), that minimises |x - D z|^2 + weight sum z, with at most two active units.

    In the plane some minimum has at most two units that are not 0, so all such sets are tried. The gradient of the
    active ones vanishes: D_A' D_A z_A = D_A' x - weight / 2.

    Args:
        x: (2,), floating point.
        units: D, unit vectors, (2, K), floating point.
        weight: lambda, at least 0.
    """
    count = units.shape[1]
    best, least = np.zeros(count), float(x @ x)
    for size in (1, 2):
        for active in combinations(range(count), size):
            d = units[:, active]
            gram = d.T @ d
            if abs(np.linalg.det(gram)) < 1e-9:  # opposite vectors
                continue
            z = np.linalg.solve(gram, d.T @ x - weight / 2)
            if (z < 0).any():
                continue
            loss = float(((x - d @ z) ** 2).sum() + weight * z.sum())
            if loss < least - 1e-12:
                best, least = np.zeros(count), loss
                best[list(active)] = z
    return best


def _given(units: np.ndarray | None) -> np.ndarray:
    if units is None:
        raise ValueError("units is None; the sparse autoencoder needs its decoder weights, (2, K)")
    return units


def _line(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the data and the unit vector of their largest variance, (2,) each."""
    mean = data.mean(axis=0)
    (xx, xy), (_, yy) = np.cov(data.T, bias=True)
    angle = np.arctan2(2 * xy, xx - yy) / 2
    return mean, np.array([np.cos(angle), np.sin(angle)])
