"""Entropy, cross-entropy and KL divergence of Gaussians and of coins, in nats; a Gaussian fitted to a mixture.

Sources: S2 (R. Grabovac), Definitions 1.1.2 and 1.1.3, section 1.5, equation (3.6); S1 (M. Sevkovych), Definitions
3.1.1 to 3.1.3 and Remark 3.1.4. Slips of the sources:

- S2 (3.6) has ln(det Sigma_q / det Sigma_p) where ln(det Sigma_p / det Sigma_q) is right: see `printed_kl`.
- The equation after S2 (3.6) is minus the KL divergence: the sign of each term is wrong.
- S2 1.5 calls the KL divergence a metric. It is not symmetric, and the triangle inequality fails.
- S1 3.1.2 and 3.1.3 call entropy and cross-entropy of a density nonnegative. The entropy of a Gaussian is negative
  where its standard deviation is below 1 / sqrt(2 pi e) = 0.242.

`aeviz/web/components/divergence/gaussians.js` computes the same in the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import e, exp, lgamma, log, pi, sqrt
from typing import Literal

import numpy as np

Direction = Literal["forward", "reverse"]
"""The divergence that a fit minimises: forward is KL(p || q), reverse KL(q || p)."""
GRID = np.linspace(-30.0, 30.0, 3001)
"""Where integrals over one dimension are computed, (3001,), float64."""
FIT_RATE = 0.1
"""Step size of `fit_step`."""
LARGEST_STEP = 0.25
"""Largest step of the logarithm of q's standard deviation, and of its mean in standard deviations."""
SD_RANGE = 0.15, 6.0
"""Standard deviations that a fit can reach."""


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A Gaussian in one dimension; in a mixture, one of its components."""

    mean: float
    sd: float
    weight: float = 1.0


def gaussian_entropy(sd: float) -> float:
    """Return the differential entropy of a Gaussian: 1/2 ln(2 pi e sd^2), which may be negative."""
    return 0.5 * log(2 * pi * e * sd**2)


def gaussian_cross_entropy(p: Gaussian, q: Gaussian) -> float:
    """Return -E_p[ln q] of two Gaussians, weights ignored."""
    return 0.5 * log(2 * pi * q.sd**2) + (p.sd**2 + (p.mean - q.mean) ** 2) / (2 * q.sd**2)


def gaussian_kl(p: Gaussian, q: Gaussian) -> float:
    """Return KL(p || q) of two Gaussians, weights ignored."""
    return log(q.sd / p.sd) + (p.sd**2 + (p.mean - q.mean) ** 2) / (2 * q.sd**2) - 0.5


def multivariate_entropy(covariance: np.ndarray) -> float:
    """Return the differential entropy of a Gaussian with a positive definite covariance, (D, D), floating point."""
    return 0.5 * (len(covariance) * log(2 * pi * e) + _log_det(covariance))


def multivariate_kl(mean_q: np.ndarray, cov_q: np.ndarray, mean_p: np.ndarray, cov_p: np.ndarray) -> float:
    """Return KL(q || p) of two Gaussians in D dimensions: S2 (3.6) with its determinants in the right places.

    Args:
        mean_q: (D,), floating point.
        cov_q: (D, D), floating point, positive definite.
        mean_p: (D,), floating point.
        cov_p: (D, D), floating point, positive definite.
    """
    return 0.5 * (_log_det(cov_p) - _log_det(cov_q) + _trace_and_distance(mean_q, cov_q, mean_p, cov_p))


def printed_kl(mean_q: np.ndarray, cov_q: np.ndarray, mean_p: np.ndarray, cov_p: np.ndarray) -> float:
    """Return S2 (3.6) as it is printed, with the determinants exchanged; it can be negative. Arguments as above."""
    return 0.5 * (_log_det(cov_q) - _log_det(cov_p) + _trace_and_distance(mean_q, cov_q, mean_p, cov_p))


def _trace_and_distance(mean_q: np.ndarray, cov_q: np.ndarray, mean_p: np.ndarray, cov_p: np.ndarray) -> float:
    shift = mean_p - mean_q
    trace = np.trace(np.linalg.solve(cov_p, cov_q))
    return float(trace + shift @ np.linalg.solve(cov_p, shift) - len(mean_q))


def _log_det(covariance: np.ndarray) -> float:
    sign, value = np.linalg.slogdet(covariance)
    if sign <= 0:
        raise ValueError("a covariance has a determinant that is not positive; give a positive definite matrix")
    return float(value)


def information(probability: np.ndarray, base: float = e) -> np.ndarray:
    """Return the information -log p of outcomes with these probabilities, of any shape, in [0, 1]: float64.

    An impossible outcome has infinite information. The base of the logarithm is 2 for bits, e for nats and 10 for
    hartleys.
    """
    with np.errstate(divide="ignore"):
        found: np.ndarray = -np.log(np.asarray(probability, dtype=np.float64)) / log(base) + 0.0
    return found


RIVALS: dict[str, Callable[[float], float]] = {
    "-ln p": lambda p: -log(p),
    "1 - p": lambda p: 1 - p,
    "1 / p": lambda p: 1 / p,
    "1 / p - 1": lambda p: 1 / p - 1,
    "(ln p)^2": lambda p: log(p) ** 2,
}
"""Functions that fall from p = 0 to 1, as surprise does; of these the first alone is additive."""


def additivity_gap(function: Callable[[float], float], p: float, q: float) -> float:
    """Return h(pq) - h(p) - h(q), for probabilities above 0: 0 at all p and q only for h = -c ln p.

    S2, Proposition 1.1.1: additivity gives h(p^x) = x h(p) for rational x > 0, and with continuity or monotonicity for
    every x > 0; with p = e^-x and c = h(1/e) that is h(p) = c x = -c ln p.
    """
    return function(p * q) - function(p) - function(q)


def entropy(probabilities: np.ndarray, base: float = e) -> float:
    """Return the entropy of outcomes, the mean of their information; an impossible one counts 0.

    Args:
        probabilities: (K,), floating point in [0, 1], with the sum 1.
        base: As for `information`.
    """
    possible = probabilities[probabilities > 0]
    return float((possible * information(possible, base)).sum())


def with_probability(probabilities: np.ndarray, index: int, value: float) -> np.ndarray:
    """Return probabilities (K,) where one is changed; the others keep their proportions, or are equal if all were 0."""
    rest = np.delete(probabilities, index)
    shares = rest / rest.sum() if rest.sum() > 1e-9 else np.full(len(rest), 1 / len(rest))
    return np.insert((1 - value) * shares, index, value)


def entropies_at(sd: float) -> dict[str, float]:
    """Return the entropy of four densities with the same standard deviation; the Gaussian's is the largest of all."""
    return {
        "Gaussian": gaussian_entropy(sd),
        "Laplace": 1 + log(sqrt(2) * sd),
        "triangle": 0.5 + log(sqrt(6) * sd),
        "uniform": log(sqrt(12) * sd),
    }


def shape_scale(shape: float, sd: float) -> float:
    """Return the scale a with which c exp(-|x/a|^shape) has this standard deviation; shape 1 Laplace, 2 Gaussian."""
    return sd * exp((lgamma(1 / shape) - lgamma(3 / shape)) / 2)


def shape_entropy(shape: float, sd: float) -> float:
    """Return the differential entropy of that density in nats: 1/p + ln(2 a Gamma(1/p) / p), p the shape."""
    return 1 / shape + log(2 * shape_scale(shape, sd) / shape) + lgamma(1 / shape)


def log_density(mixture: tuple[Gaussian, ...], x: np.ndarray) -> np.ndarray:
    """Return the log-density of a mixture of Gaussians at points of any shape, floating point; the same shape."""
    density: np.ndarray = np.logaddexp.reduce(_weighted(mixture, x), axis=0)
    return density


def score(mixture: tuple[Gaussian, ...], x: np.ndarray) -> np.ndarray:
    """Return the derivative of the log-density of a mixture at points of any shape; the same shape."""
    terms = _weighted(mixture, x)
    shares = np.exp(terms - np.logaddexp.reduce(terms, axis=0))
    slopes = np.stack([(part.mean - x) / part.sd**2 for part in mixture])
    slope: np.ndarray = (shares * slopes).sum(axis=0)
    return slope


def _weighted(mixture: tuple[Gaussian, ...], x: np.ndarray) -> np.ndarray:
    return np.stack(
        [
            log(part.weight) - log(part.sd) - 0.5 * log(2 * pi) - 0.5 * ((x - part.mean) / part.sd) ** 2
            for part in mixture
        ]
    )


def integral_kl(p: tuple[Gaussian, ...], q: tuple[Gaussian, ...]) -> float:
    """Return KL(p || q) of two mixtures, integrated over `GRID` by the trapezoidal rule."""
    log_p, log_q = log_density(p, GRID), log_density(q, GRID)
    return float(np.trapezoid(np.exp(log_p) * (log_p - log_q), GRID))


def integral_entropy(p: tuple[Gaussian, ...]) -> float:
    """Return the differential entropy of a mixture, integrated likewise."""
    log_p = log_density(p, GRID)
    return float(-np.trapezoid(np.exp(log_p) * log_p, GRID))


def estimated_kl(p: tuple[Gaussian, ...], q: tuple[Gaussian, ...], draws: np.ndarray) -> tuple[float, float]:
    """Return the Monte Carlo estimate of KL(p || q), the mean of ln p - ln q over draws from p, and its standard error.

    Args:
        p: The mixture that was drawn from.
        q: The other one.
        draws: (N,), floating point; at least 2.
    """
    terms = log_density(p, draws) - log_density(q, draws)
    return float(terms.mean()), float(terms.std(ddof=1) / sqrt(len(terms)))


def fit_step(p: tuple[Gaussian, ...], q: Gaussian, direction: Direction) -> Gaussian:
    """Return q after one step of gradient descent on a divergence from a mixture.

    The step is along the natural gradient, that is the gradient of mean and log-deviation times q's inverse Fisher
    information, so that it does not depend on the scale of x. Steps beyond `LARGEST_STEP` are cut.
    """
    weights = np.exp(log_density(p if direction == "forward" else (q,), GRID)) * (GRID[1] - GRID[0])
    z = (GRID - q.mean) / q.sd
    if direction == "forward":
        mean_step = float((weights * z).sum())
        sd_step = float((weights * (z**2 - 1)).sum()) / 2
    else:
        pull = q.sd * score(p, GRID)
        mean_step = float((weights * pull).sum())
        sd_step = (1 + float((weights * pull * z).sum())) / 2
    mean_step, sd_step = (max(-LARGEST_STEP, min(LARGEST_STEP, FIT_RATE * step)) for step in (mean_step, sd_step))
    sd = max(SD_RANGE[0], min(SD_RANGE[1], q.sd * float(np.exp(sd_step))))
    return Gaussian(q.mean + q.sd * mean_step, sd)


def fit(p: tuple[Gaussian, ...], q: Gaussian, direction: Direction, steps: int = 300) -> Gaussian:
    """Return q after several steps of `fit_step`: forward covers all modes, reverse settles on one."""
    for _ in range(steps):
        q = fit_step(p, q, direction)
    return q
