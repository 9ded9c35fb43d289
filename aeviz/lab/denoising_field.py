"""The best denoiser of data on a curve in the plane, as a vector field that points towards the data.

Data x are uniform on N points, and x~ = x + sigma n with standard normal noise n. The function D of x~ with the least
mean squared error |D(x~) - x|^2 is the mean of x given x~,

    D(x~) = sum_i w_i x_i,  w_i proportional to exp(-|x~ - x_i|^2 / (2 sigma^2)),

and D(x~) - x~ = sigma^2 grad ln p(x~), where p is the density of x~, a mixture of Gaussians about the data.

Sources: G. Alain, Y. Bengio, What regularized auto-encoders learn from the data-generating distribution, JMLR 15,
2014, arXiv:1211.4246, for the arrows of a denoising autoencoder; K. Miyasawa, An empirical Bayes estimator of the mean
of a normal population, Bull. Inst. Internat. Statist. 38, 1961, and P. Vincent, A connection between score matching
and denoising autoencoders, Neural Computation 23, 2011, for the equation; S3 (S. Chaki), Denoising Autoencoders. To
apply D again and again is mean shift with a Gaussian kernel: D. Comaniciu, P. Meer, Mean shift, IEEE TPAMI 24, 2002.

`aeviz/web/components/denoising_field/field.js` computes the same in the page.
"""

import numpy as np

CURVES = "circle", "wave", "spiral", "cross"
"""Curves in the order of the address."""
LEAST_SIGMA = 0.05
"""Where a sigma that falls along a walk ends."""


def curve_points(index: int, count: int) -> np.ndarray:
    """Return points evenly along the parameter of a curve of `CURVES`, (count, 2), float64."""
    t = (np.arange(count) + 0.5) / count
    if index == 0:
        return 1.7 * np.column_stack([np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)])
    if index == 1:
        return np.column_stack([5 * t - 2.5, 1.2 * np.sin(2 * np.pi * (1.2 * t - 0.1))])
    if index == 2:
        turn, radius = 3.5 * np.pi * np.sqrt(t), 0.3 + 2 * np.sqrt(t)
        return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])
    side = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
    return np.column_stack([4 * t - 2, side * (4 * t - 2)])


def denoise(noisy: np.ndarray, points: np.ndarray, sigma: float) -> np.ndarray:
    """Return D(x~), the mean of x given x~, (M, 2), float64.

    Args:
        noisy: x~, (M, 2), floating point.
        points: The data, (N, 2), floating point.
        sigma: Standard deviation of the noise, positive.
    """
    exponents = _exponents(noisy, points, sigma)
    weights = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    means: np.ndarray = (weights / weights.sum(axis=1, keepdims=True)) @ points
    return means


def log_density(noisy: np.ndarray, points: np.ndarray, sigma: float) -> np.ndarray:
    """Return ln p(x~), (M,), float64; arguments as of `denoise`."""
    exponents = _exponents(noisy, points, sigma)
    most = exponents.max(axis=1)
    sums = np.exp(exponents - most[:, None]).sum(axis=1)
    values: np.ndarray = most + np.log(sums) - np.log(len(points) * 2 * np.pi * sigma**2)
    return values


def walk(start: np.ndarray, points: np.ndarray, sigma: float, steps: int, *, falls: bool) -> np.ndarray:
    """Return the positions of a walk that goes half of the way to D(x) in each step, (steps + 1, 2), float64.

    Args:
        start: (2,), floating point.
        points: The data, (N, 2), floating point.
        sigma: Standard deviation of the noise that D expects, positive.
        steps: How many.
        falls: Whether that sigma falls by equal ratios to `LEAST_SIGMA`, if it is larger.
    """
    path = [np.asarray(start, dtype=np.float64)]
    for step in range(steps):
        share = step / max(1, steps - 1)
        now = sigma * (min(LEAST_SIGMA, sigma) / sigma) ** share if falls else sigma
        path.append((path[-1] + denoise(path[-1][None], points, now)[0]) / 2)
    return np.stack(path)


def _exponents(noisy: np.ndarray, points: np.ndarray, sigma: float) -> np.ndarray:
    """Return -|x~ - x_i|^2 / (2 sigma^2), (M, N)."""
    distances = ((noisy[:, None, :] - points[None]) ** 2).sum(axis=2)
    exponents: np.ndarray = -distances / (2 * sigma**2)
    return exponents
