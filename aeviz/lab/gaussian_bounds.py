"""Bounds on ln p(x) from a Gaussian q(z) in the plane: its ELBO, the best Gaussian, and importance weights.

ln p(x) = ELBO(q) + KL(q || p(z | x)). The ELBO of the best Gaussian splits the divergence: what an encoder loses
because it computes q from x at once (the amortization gap), and what every Gaussian of the family loses.

References:
    C. Cremer, X. Li, D. Duvenaud, Inference suboptimality in variational autoencoders, ICML 2018, arXiv:1801.03558.
    Y. Burda, R. Grosse, R. Salakhutdinov, Importance weighted autoencoders, ICLR 2016, arXiv:1509.00519, (8).
    M. Khan, H. Rue, The Bayesian learning rule, JMLR 24, 2023: the steps of `best_gaussian`.
"""

import math
from dataclasses import dataclass

import numpy as np

from aeviz.lab.plane_integral import LogJoint, PlanePosterior

STEPS = 60
"""Steps of the optimisation of a Gaussian, at most."""
_ENOUGH = 1e-4
"""Gain of a step, in nats, below which the optimisation ends."""
_REACH, _NODES = 5.0, 25
"""The ELBO is a sum over a grid of 25 x 25 points that reaches 5 standard deviations far."""
_CORE = 3.0
"""The core of a mode: cells whose density is at least exp(-3) of the highest."""
_TRIES = 6
"""Halvings of a step that does not raise the ELBO before the optimisation ends."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlaneGaussian:
    """A Gaussian in the plane."""

    mean: np.ndarray
    """(2,), float64."""
    covariance: np.ndarray
    """(2, 2), float64, positive definite."""

    def transform(self, noise: np.ndarray) -> np.ndarray:
        """Return mean + L noise for noise, (M, 2), where L L^T is the covariance: (M, 2), float64."""
        points: np.ndarray = self.mean + noise @ np.linalg.cholesky(self.covariance).T
        return points

    def log_density(self, points: np.ndarray) -> np.ndarray:
        """Return the logarithm of the density at points, (M, 2): (M,), float64."""
        factor = np.linalg.cholesky(self.covariance)
        noise = np.linalg.solve(factor, (points - self.mean).T)
        logs: np.ndarray = -(noise**2).sum(axis=0) / 2 - np.log(np.diag(factor)).sum() - math.log(2 * math.pi)
        return logs

    @property
    def entropy(self) -> float:
        """Differential entropy, in nats."""
        return math.log(2 * math.pi * math.e) + float(np.linalg.slogdet(self.covariance)[1]) / 2


def diagonal(mean: np.ndarray, log_variance: np.ndarray) -> PlaneGaussian:
    """Return N(mean, diag(exp(log_variance))), of arrays (2,)."""
    return PlaneGaussian(mean=mean.astype(np.float64), covariance=np.diag(np.exp(log_variance.astype(np.float64))))


def elbo(log_joint: LogJoint, q: PlaneGaussian) -> float:
    """Return E_q[ln p(x, z)] + H(q), in nats; the expectation is a sum over a grid, without chance."""
    noise, weights = _nodes(_NODES, _REACH)
    return float(weights @ log_joint(q.transform(noise))) + q.entropy


def best_gaussian(log_joint: LogJoint, start: PlaneGaussian, *, is_full: bool) -> tuple[PlaneGaussian, float]:
    """Return the Gaussian with the highest ELBO that is found from a start, and that ELBO in nats.

    Each step sets the precision to a mean of the present one and of -E_q[Hessian of ln p(x, z)], and moves the mean
    along the natural gradient; it is shortened until the ELBO rises. Gradient and Hessian follow from values of
    ln p(x, z) alone (Stein's lemma).

    Args:
        log_joint: ln p(x, z).
        start: Where it begins; its covariances count only if `is_full`.
        is_full: Whether the Gaussian may have correlations.
    """
    noise, weights = _nodes(13, 4.2)
    q = start if is_full else PlaneGaussian(mean=start.mean, covariance=np.diag(np.diag(start.covariance)))
    values = log_joint(q.transform(noise))
    best, rate = float(weights @ values) + q.entropy, 1.0
    for _ in range(STEPS):
        gradient, curvature = _derivatives(q, noise, weights, values)
        precision = np.linalg.inv(q.covariance)
        if not is_full:
            curvature, precision = np.diag(np.diag(curvature)), np.diag(np.diag(precision))
        for _ in range(_TRIES):
            proposal = _step(q.mean, precision, gradient, curvature, rate)
            proposed = None if proposal is None else log_joint(proposal.transform(noise))
            reached = -math.inf if proposal is None else float(weights @ proposed) + proposal.entropy
            if reached > best:
                break
            rate /= 2
        if proposal is None or proposed is None or reached <= best:
            break
        gain, best, q, values, rate = reached - best, reached, proposal, proposed, min(1.0, 2 * rate)
        if gain < _ENOUGH:
            break
    return q, elbo(log_joint, q)


def starts(posterior: PlanePosterior) -> tuple[PlaneGaussian, ...]:
    """Return Gaussians from which to look for the best one: the core of the highest mode, and all of the posterior."""
    core = posterior.log_density > posterior.log_density.max() - _CORE
    near = core & (((posterior.points - posterior.mode) ** 2).sum(axis=1) < 25 * np.trace(posterior.covariance))
    points, mass = posterior.points[near], posterior.mass[near]
    centre = mass @ points / mass.sum()
    spread = ((mass / mass.sum())[:, None] * (points - centre)).T @ (points - centre)
    floor = np.eye(2) * posterior.spacing**2 / 12  # the variance within a cell
    return (
        PlaneGaussian(mean=centre, covariance=spread + floor),
        PlaneGaussian(mean=posterior.mean, covariance=posterior.covariance + floor),
    )


def importance_weights(log_joint: LogJoint, q: PlaneGaussian, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return draws from q, (M, 2), and ln p(x, z) - ln q(z) at them, (M,), for noise from N(0, I), (M, 2)."""
    points = q.transform(noise)
    return points, log_joint(points) - q.log_density(points)


def importance_bound(log_weights: np.ndarray, samples: int) -> tuple[float, float]:
    """Return the importance-weighted bound with K samples and the standard error of its estimate, in nats.

    It is the mean of ln (1/K) sum_k exp(log-weight) over groups of K draws; what fills no group is left out.

    Args:
        log_weights: (M,), float64.
        samples: K, at most M / 2.
    """
    groups = log_weights[: len(log_weights) // samples * samples].reshape(-1, samples)
    top = groups.max(axis=1)
    bounds = top + np.log(np.exp(groups - top[:, None]).mean(axis=1))
    return float(bounds.mean()), float(bounds.std(ddof=1) / math.sqrt(len(bounds)))


def _nodes(n: int, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a grid of n x n points of the plane and the weights of N(0, I) at them, which sum to 1."""
    steps = np.linspace(-reach, reach, n)
    noise = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    weights = np.exp(-(noise**2).sum(axis=1) / 2)
    return noise, weights / weights.sum()


def _derivatives(
    q: PlaneGaussian, noise: np.ndarray, weights: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return E_q of the gradient and of the Hessian of a function with these values at the nodes, (2,) and (2, 2)."""
    inverse = np.linalg.inv(np.linalg.cholesky(q.covariance))
    centred = weights * (values - weights @ values)
    gradient = inverse.T @ (centred @ noise)
    hessian = inverse.T @ ((centred[:, None] * noise).T @ noise) @ inverse
    return gradient, hessian


def _step(
    mean: np.ndarray, precision: np.ndarray, gradient: np.ndarray, curvature: np.ndarray, rate: float
) -> PlaneGaussian | None:
    """Return the Gaussian after a step; None where its precision would not be positive definite.

    The entropy of q turns the step of the precision into a mean of the old and of minus the curvature.
    """
    next_precision = (1 - rate) * precision - rate * curvature
    if np.linalg.eigvalsh(next_precision)[0] <= 0:
        return None
    covariance = np.linalg.inv(next_precision)
    return PlaneGaussian(mean=mean + rate * covariance @ gradient, covariance=covariance)
