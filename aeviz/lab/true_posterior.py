"""The true posterior of an image beside the Gaussian that an encoder gives, and what that Gaussian costs, in nats."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aeviz.config import RunConfig
from aeviz.lab.gaussian_bounds import (
    PlaneGaussian,
    best_gaussian,
    elbo,
    importance_bound,
    importance_weights,
    starts,
)
from aeviz.lab.plane_integral import Box, LogJoint, PlanePosterior, integrate

SAMPLES = (1, 5, 50, 500)
"""K of the importance-weighted bounds; with 1 the bound is the ELBO."""
DRAWS = 5000
"""Draws from q from which the bounds are estimated."""


def has_true_posterior(config: RunConfig) -> bool:
    """Whether a model's ln p(x) is an integral over a plane: two latent dimensions, prior N(0, I), Gaussian q."""
    model = config.model
    return (
        model.is_variational
        and model.latent_dim == 2
        and model.prior == "standard"
        and model.bottleneck_spec.has_closed_form_kl
        and config.objective.loss_spec.log_likelihood is not None
        and config.objective.kl_weight > 0
        and config.objective.reconstruction_weight > 0
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inference:
    """ln p(x) of an image, its posterior, and the bounds of Gaussians."""

    posterior: PlanePosterior
    q: PlaneGaussian
    """The encoder's."""
    elbo: float
    """Of the encoder's q, in nats."""
    diagonal: PlaneGaussian
    """The best Gaussian without correlation: the encoder's family."""
    diagonal_elbo: float
    full: PlaneGaussian
    """The best of all Gaussians."""
    full_elbo: float
    bounds: Mapping[int, tuple[float, float]]
    """Importance-weighted bound and its standard error, in nats, by the number of draws K."""
    draws: np.ndarray
    """Draws from the encoder's q, (max(SAMPLES), 2), float64."""
    log_weights: np.ndarray
    """ln p(x, z) - ln q(z) at them, (max(SAMPLES),), float64."""

    @property
    def log_evidence(self) -> float:
        """Logarithm of p(x), in nats."""
        return self.posterior.log_evidence

    @property
    def gap(self) -> float:
        """KL(q || p(z | x)) = ln p(x) - ELBO, in nats."""
        return self.log_evidence - self.elbo

    @property
    def amortization_gap(self) -> float:
        """What the encoder's q misses of the best one of its family, in nats."""
        return self.diagonal_elbo - self.elbo

    @property
    def family_gap(self) -> float:
        """What the best one of the encoder's family misses of ln p(x), in nats."""
        return self.log_evidence - self.diagonal_elbo


def infer(
    log_joint: LogJoint, q: PlaneGaussian, box: Box, coarse: np.ndarray | None = None, *, seed: int = 0
) -> Inference:
    """Integrate p(x, z) over z, look for the best Gaussians, and estimate the importance-weighted bounds of q.

    Args:
        log_joint: ln p(x, z) of the image.
        q: The encoder's Gaussian.
        box: Where the posterior is searched.
        coarse: ln p(x, z) at the centres of the box, (n * n,), up to a constant, where it is known.
        seed: Seed of the draws from q.
    """
    posterior = integrate(log_joint, box, coarse)
    own = elbo(log_joint, q)
    full, full_elbo = max((best_gaussian(log_joint, start, is_full=True) for start in starts(posterior)), key=_value)
    # of a Gaussian posterior the best one without correlation has the diagonal of its precision
    narrow = np.diag(1 / np.diag(np.linalg.inv(full.covariance)))
    found = best_gaussian(log_joint, PlaneGaussian(mean=full.mean, covariance=narrow), is_full=False)
    if found[1] < own:
        found = max(best_gaussian(log_joint, q, is_full=False), (q, own), key=_value)
    draws, weights = importance_weights(log_joint, q, np.random.default_rng(seed).standard_normal((DRAWS, 2)))
    if full_elbo < found[1]:  # the larger family holds the smaller one
        full, full_elbo = found
    return Inference(
        posterior=posterior,
        q=q,
        elbo=own,
        diagonal=found[0],
        diagonal_elbo=found[1],
        full=full,
        full_elbo=full_elbo,
        bounds={samples: importance_bound(weights, samples) for samples in SAMPLES},
        draws=draws[: max(SAMPLES)],
        log_weights=weights[: max(SAMPLES)],
    )


def _value(found: tuple[PlaneGaussian, float]) -> float:
    return found[1]
