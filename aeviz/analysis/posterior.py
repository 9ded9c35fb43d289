"""The gaussian posteriors of a variational autoencoder as arrays: samples, ellipses, and all of them against the prior.

The posterior of an image is N(mean, diag(exp(log_variance))). The aggregate posterior q(z) is the mixture of those of
all images, each with the same weight; a model whose q(z) is its prior p(z) draws likely images from draws of p(z).

References:
    M. Hoffman, M. Johnson, ELBO surgery: yet another way to carve up the variational evidence lower bound, NeurIPS 2016
    workshop on advances in approximate Bayesian inference: the divergence of q(z) from p(z) as a part of the ELBO.
"""

import math
from dataclasses import dataclass

import numpy as np

from aeviz.analysis.alignment import Alignment
from aeviz.analysis.generation import draw_noise
from aeviz.analysis.latent import data_distance
from aeviz.config import ModelConfig

BINS = 120
"""Intervals in which densities are compared: wide enough that 10,000 narrow posteriors make a curve, not a comb."""
_SAMPLED = 500
"""Images whose posterior is sampled to find the usual distance from the data."""
_REACH = 4.0
"""Standard deviations beyond a mean that a grid of densities covers."""


def sample_posteriors(mean: np.ndarray, log_variance: np.ndarray, seed: int) -> np.ndarray:
    """Return a sample of each image's posterior, mean + sigma * noise: (N, D), float32.

    Args:
        mean: (N, D), floating point.
        log_variance: (N, D), floating point.
        seed: Fixes the noise, which is then the same for all models of D dimensions.
    """
    samples: np.ndarray = mean + np.exp(log_variance.astype(np.float64) / 2) * draw_noise(seed, *mean.shape)
    return samples.astype(np.float32)


def usual_sample_distance(mean: np.ndarray, log_variance: np.ndarray, seed: int = 0) -> float:
    """Return the data distance that 99 of 100 samples of the posteriors stay below, on about 500 images.

    The decoder of a variational model is trained on samples, which in many dimensions lie far from all means; distances
    between means would call every draw from the prior far.

    Args:
        mean: The encoded data, (N, D), floating point.
        log_variance: (N, D), floating point.
        seed: Fixes the noise.
    """
    step = max(1, len(mean) // _SAMPLED)
    samples = sample_posteriors(mean[::step], log_variance[::step], seed)
    return float(np.quantile(data_distance(samples, mean), 0.99))


def projected_covariance(log_variance: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Return the covariance of each posterior as it is seen along some directions, axes^T diag(sigma^2) axes.

    Args:
        log_variance: (N, D), floating point.
        axes: Directions, (D, K), as in `aeviz.analysis.latent.Projection`.

    Returns:
        (N, K, K), float64.
    """
    products = axes[:, :, None] * axes[:, None, :]  # (D, K, K)
    covariance: np.ndarray = np.tensordot(np.exp(log_variance.astype(np.float64)), products, axes=1)
    return covariance


def ellipses(covariance: np.ndarray) -> np.ndarray:
    """Return the ellipses at one standard deviation of Gaussians in the plane, from their covariances, (N, 2, 2).

    Returns:
        (N, 3), float64: long half axis, short half axis, and the angle in radians from the first axis to the long half
        axis, in [0, pi).
    """
    xx, xy, yy = covariance[:, 0, 0], covariance[:, 0, 1], covariance[:, 1, 1]
    middle, offset = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    half_axes = np.sqrt(np.maximum([middle + offset, middle - offset], 0))
    angle = np.arctan2(2 * xy, xx - yy) / 2
    return np.column_stack([*half_axes, np.mod(angle, np.pi)])


def align_ellipses(shapes: np.ndarray, alignment: Alignment) -> np.ndarray:
    """Return ellipses, (N, 3) as of `ellipses`, mapped by the similarity that aligns two planes."""
    direction = np.stack([np.cos(shapes[:, 2]), np.sin(shapes[:, 2])], axis=1) @ alignment.rotation
    angle = np.mod(np.arctan2(direction[:, 1], direction[:, 0]), np.pi)
    return np.column_stack([alignment.scale * shapes[:, :2], angle])


def prior_means(config: ModelConfig) -> np.ndarray:
    """Return where the priors N(m, I) of a variational model lie: (Y, D), float64.

    One row, the origin, for the standard prior; a row a class for the anchored one. These are the anchors of
    `aeviz.models.bottlenecks.anchor_points`, which would need torch.
    """
    if config.prior == "standard":
        return np.zeros((1, config.latent_dim))
    label = np.arange(config.classes)
    angle, radius = 2 * np.pi * label / config.classes, np.where(label % 2 == 0, 4.0, 8.0)
    means = np.zeros((config.classes, config.latent_dim))
    means[:, 0], means[:, 1] = radius * np.cos(angle), radius * np.sin(angle)
    return means


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriorMatch:
    """The aggregate posterior beside the prior along one latent dimension."""

    edges: np.ndarray
    """Ends of the intervals, (B + 1,), float64, evenly spaced."""
    aggregate: np.ndarray
    """Mean density of q(z) in each interval, (B,), float64."""
    prior: np.ndarray
    """Mean density of p(z) in each interval, (B,), float64."""
    moments: tuple[float, float]
    """Mean and standard deviation of q(z)."""
    prior_moments: tuple[float, float]
    """Mean and standard deviation of p(z)."""

    @property
    def shared(self) -> float:
        """The area below both curves, in [0, 1]: 1 minus the total variation distance on these intervals."""
        width = self.edges[1] - self.edges[0]
        return float(np.minimum(self.aggregate, self.prior).sum() * width)


def span(mean: np.ndarray, log_variance: np.ndarray, priors: np.ndarray) -> tuple[float, float]:
    """Return the bounds between which the posteriors and the priors of one dimension lie, a few strays left out.

    Args:
        mean: (N,), floating point.
        log_variance: (N,), floating point.
        priors: Means of the priors, (Y,).
    """
    reach = _REACH * np.exp(log_variance.astype(np.float64) / 2)
    low, high = np.quantile(mean - reach, 0.001), np.quantile(mean + reach, 0.999)
    return float(min(low, priors.min() - _REACH)), float(max(high, priors.max() + _REACH))


def match_prior(
    mean: np.ndarray, log_variance: np.ndarray, priors: np.ndarray, weights: np.ndarray, edges: np.ndarray
) -> PriorMatch:
    """Compare the aggregate posterior with the prior along one dimension, in closed form.

    Args:
        mean: (N,), floating point.
        log_variance: (N,), floating point.
        priors: Means of the priors, whose variance is 1, (Y,).
        weights: Share of the images that have each prior, (Y,), summing to 1.
        edges: Ends of the intervals, (B + 1,), evenly spaced.
    """
    centre, variance = mean.astype(np.float64), np.exp(log_variance.astype(np.float64))
    even = np.full(len(mean), 1 / len(mean))
    prior_mean = float(weights @ priors)
    return PriorMatch(
        edges=edges,
        aggregate=_mixture(centre, np.sqrt(variance), even, edges),
        prior=_mixture(priors, np.ones(len(priors)), weights, edges),
        moments=(float(centre.mean()), math.sqrt(centre.var() + variance.mean())),
        prior_moments=(prior_mean, math.sqrt(1 + float(weights @ (priors - prior_mean) ** 2))),
    )


def _mixture(mean: np.ndarray, deviation: np.ndarray, weights: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the mean density of a mixture of Gaussians in each interval, from its distribution function."""
    from scipy.special import ndtr  # a tenth of a second that only this comparison should cost

    below = np.array([weights @ ndtr((edge - mean) / deviation) for edge in edges])
    density: np.ndarray = np.diff(below) / np.diff(edges)
    return density


def class_shares(labels: np.ndarray | None, priors: np.ndarray) -> np.ndarray:
    """Return the share of the images that have each of the priors, (Y, D): their classes' shares, or 1 of a single one.

    Args:
        labels: Classes, (N,), integer; None only where there is a single prior.
        priors: Means of the priors.
    """
    if labels is None or len(priors) == 1:
        return np.ones(1)
    shares: np.ndarray = np.bincount(labels, minlength=len(priors)) / len(labels)
    return shares


def aggregate_kl(mean: np.ndarray, log_variance: np.ndarray, labels: np.ndarray | None, priors: np.ndarray) -> float:
    """Return how far the aggregate posterior lies from the prior: KL(N(m, S) || N(prior mean, I)) in nats.

    m and S are mean and covariance of q(z), so higher moments are left out, and KL(q || p)
    itself is larger. With a prior for each class it is that of each class, averaged over the images.

    Args:
        mean: (N, D), floating point.
        log_variance: (N, D), floating point.
        labels: Classes, (N,), integer; None only where there is a single prior.
        priors: Means of the priors, (Y, D).
    """
    total = 0.0
    for label, share in enumerate(class_shares(labels, priors)):
        mine = slice(None) if labels is None or len(priors) == 1 else labels == label
        if share > 0:
            total += float(share) * _moment_kl(mean[mine], log_variance[mine], priors[label])
    return total


def _moment_kl(mean: np.ndarray, log_variance: np.ndarray, prior: np.ndarray) -> float:
    centred = mean.astype(np.float64) - mean.mean(axis=0, dtype=np.float64)
    covariance = centred.T @ centred / len(mean) + np.diag(np.exp(log_variance.astype(np.float64)).mean(axis=0))
    offset = mean.mean(axis=0, dtype=np.float64) - prior
    _, log_determinant = np.linalg.slogdet(covariance)
    return float(np.trace(covariance) + offset @ offset - len(prior) - log_determinant) / 2


def kl_per_image(
    mean: np.ndarray, log_variance: np.ndarray, labels: np.ndarray | None, priors: np.ndarray
) -> np.ndarray:
    """Return how far each posterior lies from its prior, KL(N(mean, diag(sigma^2)) || N(m, I)), in nats.

    Args:
        mean: (N, D), floating point.
        log_variance: (N, D), floating point.
        labels: Classes, (N,), integer; None only where there is a single prior.
        priors: Means of the priors, (Y, D).

    Returns:
        (N,), float64.
    """
    own = priors[0] if labels is None or len(priors) == 1 else priors[labels]
    logarithm = log_variance.astype(np.float64)
    nats: np.ndarray = (np.exp(logarithm) + (mean - own) ** 2 - 1 - logarithm).sum(axis=1) / 2
    return nats
