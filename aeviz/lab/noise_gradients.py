"""Gradients of E f(z), z ~ N(mu, sigma^2), from samples: the score function (REINFORCE) and reparameterization.

With e = (z - mu) / sigma a single sample estimates the gradient with respect to mu by f(z) e / sigma (score function)
or f'(z) (reparameterized, z = mu + sigma e), that with respect to sigma by f(z) (e^2 - 1) / sigma or f'(z) e. Both are
unbiased. A baseline b replaces f(z) by f(z) - b in the score function: E e = E (e^2 - 1) = 0, so the mean stays.

Sources: S2 (R. Grabovac), section 3.5, equation (3.7), Figure 3.5; Y. Gal, Uncertainty in deep learning, PhD thesis,
University of Cambridge, 2016, section 3.1.2, for functions where the score function has the smaller variance. Slip: S2,
3.5 and Algorithm 4, print z = mu + sigma^2 e; it is mu + sigma e. Figure 3.5 names neither start nor step size.

`aeviz/web/components/gradients/estimators.js` computes the same in the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp

import numpy as np

FUNCTIONS = "z²", "z³", "sin(kz)", "eᶻ"
"""Functions to choose from, in the order of the address; k belongs to the third."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Gradients from single samples, each (N,), float64, with respect to mu and to sigma."""

    score_mean: np.ndarray
    score_sd: np.ndarray
    path_mean: np.ndarray
    path_sd: np.ndarray


def function_of(index: int, k: float) -> tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]:
    """Return a function of `FUNCTIONS` and its derivative, both on arrays of any shape."""
    return (
        (np.square, lambda z: 2 * z),
        (lambda z: z**3, lambda z: 3 * z**2),
        (lambda z: np.sin(k * z), lambda z: k * np.cos(k * z)),
        (np.exp, np.exp),
    )[index]


def expectation(index: int, k: float, mean: float, sd: float) -> tuple[float, float, float]:
    """Return E f(z) and its derivatives with respect to mean and standard deviation of z, in closed form."""
    wave = exp(-((k * sd) ** 2) / 2)
    return (
        (mean**2 + sd**2, 2 * mean, 2 * sd),
        (mean**3 + 3 * mean * sd**2, 3 * mean**2 + 3 * sd**2, 6 * mean * sd),
        (wave * np.sin(k * mean), wave * k * np.cos(k * mean), -(k**2) * sd * wave * np.sin(k * mean)),
        (exp(mean + sd**2 / 2), exp(mean + sd**2 / 2), sd * exp(mean + sd**2 / 2)),
    )[index]


def estimate(index: int, k: float, mean: float, sd: float, noise: np.ndarray, baseline: float = 0) -> Estimates:
    """Return the gradients of both estimators from each sample of standard normal noise, (N,), floating point."""
    f, slope = function_of(index, k)
    z = mean + sd * noise
    reward = f(z) - baseline
    return Estimates(
        score_mean=reward * noise / sd,
        score_sd=reward * (noise**2 - 1) / sd,
        path_mean=slope(z),
        path_sd=slope(z) * noise,
    )


def square_variances(mean: float, sd: float) -> tuple[float, float, float, float]:
    """Return the variances of the four estimates for f(z) = z^2 without a baseline, in the order of `Estimates`."""
    m, s = mean**2, sd**2
    return m**2 / s + 14 * m + 15 * s, 2 * m**2 / s + 60 * m + 74 * s, 4 * s, 4 * m + 8 * s
