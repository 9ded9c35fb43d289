"""Expectation maximisation for a mixture of Gaussians, by half steps, and k-means on the same data.

The latent variable z of a point is the component that it came from. The lower bound of a distribution Q over z is
ELBO(Q, theta) = sum_ik r_ik ln(pi_k N(x_i; mu_k, S_k) / r_ik) with r_ik = Q_i(k). Its gap to ln p(D) is
sum_i KL(r_i || p(z | x_i, theta)): the E-step closes it, the M-step raises the bound and opens it again.

Sources: S2 (R. Grabovac), section 1.6, equations (1.10) to (1.13), Algorithm 1; section 1.2 for k-means. Slips of S2:

- Algorithm 1 lists the pairs (x_i, z_i) as input. The z_i are unknown; only the x_i are given.
- In step a) ELBO = p(x) should read ln p(x), and the end of its first line of the proof ln p, too.
- "Converges monotonically" means that ln p(D) never falls. The limit need not be the largest value, and without a
  floor of the variance there is none: a component on a single point makes ln p(D) as large as one likes.

`aeviz/web/components/mixture/em.js` computes the same in the page, in two dimensions.
"""

from dataclasses import dataclass
from math import log, pi

import numpy as np

from aeviz.language import mark

FLOOR = 1e-3
"""Least variance along any axis of a component, as a share of the mean variance of the data; 0 means no floor."""
SINGULAR = 1e-12
"""A component whose least variance is below this share of that mean has collapsed."""
EMPTY = 1e-9
"""A component with fewer points than this keeps its mean and covariance."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Gaussians with weights: (K,), means (K, D) and covariances (K, D, D), float64."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


def spread(data: np.ndarray) -> float:
    """Return the mean variance of the coordinates of data, (N, D), floating point."""
    return float(data.var(axis=0).mean())


def start(data: np.ndarray, means: np.ndarray) -> Mixture:
    """Return a mixture with these means, (K, D), equal weights, and round covariances as wide as the data."""
    count, dims = means.shape
    covariances = np.tile(spread(data) * np.eye(dims), (count, 1, 1))
    return Mixture(np.full(count, 1 / count), means.astype(np.float64), covariances)


def log_joint(data: np.ndarray, mixture: Mixture) -> np.ndarray:
    """Return ln(pi_k N(x_i; mu_k, S_k)), (N, K), float64, of data (N, D).

    Raises:
        ValueError: A component has collapsed: its covariance is singular.
    """
    columns = []
    for weight, mean, covariance in zip(mixture.weights, mixture.means, mixture.covariances, strict=True):
        if is_singular(covariance, spread(data)):
            raise ValueError("a component has collapsed: its covariance is singular; set a floor of the variance")
        away = data - mean
        distance = (away * np.linalg.solve(covariance, away.T).T).sum(axis=1)
        log_det = float(np.linalg.slogdet(covariance)[1])
        columns.append(log(max(weight, 1e-300)) - 0.5 * (distance + log_det + len(mean) * log(2 * pi)))
    return np.stack(columns, axis=1)


def is_singular(covariance: np.ndarray, variance: float) -> bool:
    """Return whether the least variance of a covariance, (D, D), is below `SINGULAR` of a variance of the data."""
    return bool(np.linalg.eigvalsh(covariance)[0] < SINGULAR * variance)


def log_likelihood(data: np.ndarray, mixture: Mixture) -> float:
    """Return ln p(D), the sum of ln sum_k pi_k N(x_i; mu_k, S_k) over data (N, D), in nats."""
    return float(np.logaddexp.reduce(log_joint(data, mixture), axis=1).sum())


def e_step(data: np.ndarray, mixture: Mixture) -> np.ndarray:
    """Return the responsibilities r_ik = p(z_i = k | x_i), (N, K), float64, with the sum 1 in each row."""
    joint = log_joint(data, mixture)
    shares: np.ndarray = np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))
    return shares


def bound(data: np.ndarray, mixture: Mixture, responsibilities: np.ndarray) -> float:
    """Return ELBO(Q, theta) in nats; responsibilities (N, K) as `e_step` returns them, or others with row sums 1."""
    terms = log_joint(data, mixture) - np.log(np.maximum(responsibilities, 1e-300))
    return float((responsibilities * terms).sum())


def m_step(data: np.ndarray, responsibilities: np.ndarray, before: Mixture, floor: float = FLOOR) -> Mixture:
    """Return the mixture that maximises the bound for given responsibilities.

    A floor raises the eigenvalues of each covariance to floor * spread(data). That is the maximiser under this
    constraint, so that ln p(D) does not fall with a floor either.

    Args:
        data: (N, D), floating point.
        responsibilities: (N, K), floating point in [0, 1].
        before: What a component without points keeps.
        floor: At least 0.
    """
    counts = responsibilities.sum(axis=0)
    means, covariances = before.means.copy(), before.covariances.copy()
    for k, count in enumerate(counts):
        if count <= EMPTY:
            continue
        means[k] = responsibilities[:, k] @ data / count
        away = data - means[k]
        values, axes = np.linalg.eigh((responsibilities[:, k, None] * away).T @ away / count)
        covariances[k] = (axes * np.maximum(values, floor * spread(data))) @ axes.T
    return Mixture(counts / len(data), means, covariances)


def nearest(data: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Return the hard assignment of k-means, (N, K), float64: 1 for the nearest mean by Euclid."""
    hard: np.ndarray = np.eye(len(means))[_squares(data, means).argmin(axis=1)]
    return hard


def centroids(data: np.ndarray, assignment: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the mean of the points of each cluster, (K, D), float64; a cluster without points keeps the one before."""
    counts = assignment.sum(axis=0)
    means: np.ndarray = np.where(counts[:, None] > 0, assignment.T @ data / np.maximum(counts, 1)[:, None], before)
    return means


def distortion(data: np.ndarray, means: np.ndarray, assignment: np.ndarray) -> float:
    """Return the objective of k-means: the sum of squared distances from the points (N, D) to their means."""
    return float((assignment * _squares(data, means)).sum())


def _squares(data: np.ndarray, means: np.ndarray) -> np.ndarray:
    squares: np.ndarray = ((data[:, None] - means) ** 2).sum(axis=2)
    return squares


def ascend(data: np.ndarray, mixture: Mixture, iterations: int, floor: float = FLOOR) -> tuple[Mixture, list[float]]:
    """Return the mixture after some iterations of EM, and ln p(D) before the first and after each."""
    values = [log_likelihood(data, mixture)]
    for _ in range(iterations):
        mixture = m_step(data, e_step(data, mixture), mixture, floor)
        values.append(log_likelihood(data, mixture))
    return mixture, values


def example_sets() -> dict[str, np.ndarray]:
    """Return data to try, each (N, 2), float64, with two digits after the point, by name."""
    random = np.random.default_rng(0)

    def cloud(mean: tuple[float, float], sds: tuple[float, float], degrees: float, count: int) -> np.ndarray:
        angle = np.deg2rad(degrees)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        points: np.ndarray = random.normal(size=(count, 2)) * sds @ turn + mean
        return points

    sets = {
        mark("three clouds"): [
            cloud((-2.5, 1.5), (1.3, 0.4), 40, 100),
            cloud((1.5, 2.5), (0.8, 0.6), 0, 60),
            cloud((1.2, -1.6), (1.8, 0.5), -20, 120),
        ],
        mark("two long clouds"): [cloud((0, 0.9), (2.6, 0.35), 8, 120), cloud((0.4, -0.9), (2.6, 0.35), 8, 120)],
        mark("a cloud and an outlier"): [cloud((-1.5, -1), (0.9, 0.6), 30, 80), np.array([[4, 3]])],
    }
    return {name: np.round(np.concatenate(parts), 2) for name, parts in sets.items()}
