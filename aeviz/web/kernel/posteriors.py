"""The posteriors of runs: samples, shapes on the map, and how they meet their priors."""

import numpy as np

from aeviz.analysis.latent_gaussian import posterior_variances
from aeviz.analysis.posterior import (
    BINS,
    PriorMatch,
    aggregate_kl,
    class_shares,
    ellipses,
    kl_per_image,
    match_prior,
    prior_means,
    projected_covariance,
    sample_posteriors,
    span,
)
from aeviz.web.kernel import projections
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model


def has_posteriors(folder: Model) -> bool:
    """Whether a run has stored posteriors that are Gaussians, as those of a flow are not."""
    if not folder.config.model.bottleneck_spec.has_closed_form_kl:
        return False
    table = folder.latents
    return table is not None and table.log_variance is not None


def posteriors(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Return the means and the logarithms of the variances of a run's posteriors, (N, D) each, float32.

    Raises:
        LookupError: The run has none; the page did not ask `has_posteriors`.
    """
    table = model.require_latents()
    if table.log_variance is None:
        raise LookupError("the run has no posteriors; the page must ask has_posteriors first")
    return table.z, table.log_variance


def mean_variances(model: Model) -> np.ndarray:
    """Return the mean variances of a run's posteriors, (D,): kept, or as its divergence tells them; 0 where unknown."""
    table = model.stored_latents
    if table is not None and table.log_variance is not None and has_posteriors(model):
        widths: np.ndarray = np.exp(table.log_variance.astype(np.float64)).mean(axis=0)
        return widths
    config, found = model.config.model, model.summary
    known = config.bottleneck_spec.has_closed_form_kl and config.prior == "standard"
    return posterior_variances(found) if known else np.zeros(len(found.mean))


@shared(max_entries=16)  # 400 kB each in 10-d
def posterior_samples(model: Model, seed: int) -> np.ndarray:
    """Return a sample of the posterior of each test image of a run, (N, D), float32. The run must have posteriors."""
    mean, log_variance = posteriors(model)
    return sample_posteriors(mean, log_variance, seed)


@shared(max_entries=32)  # 240 kB each
def posterior_ellipses(model: Model, axes: tuple[int, ...] | None = None) -> np.ndarray:
    """Return the posteriors of a run in the plane of its map, (N, 3), as `aeviz.analysis.posterior.ellipses` does.

    The run must have posteriors, and more than one dimension. The plane is that of `projections.projected`.
    """
    return ellipses(projected_covariance(posteriors(model)[1], projections.projected(model, 2, axes).axes))


@shared(max_entries=16)  # 560 kB for 70,000 images
def divergences(model: Model) -> np.ndarray:
    """Return how far the posterior of each test image of a run lies from its prior in nats, (N,), float64.

    The run must have posteriors.
    """
    return kl_per_image(*posteriors(model), model.require_latents().labels, prior_means(model.config.model))


@shared(max_entries=256)  # two numbers each
def posterior_span(model: Model, dimension: int) -> tuple[float, float]:
    """Return the bounds of posteriors and priors along a latent dimension of a run, which must have posteriors."""
    mean, log_variance = posteriors(model)
    priors = prior_means(model.config.model)
    return span(mean[:, dimension], log_variance[:, dimension], priors[:, dimension])


@shared(max_entries=256)  # 3 kB each
def prior_match(model: Model, dimension: int, low: float, high: float) -> PriorMatch:
    """Return all posteriors of a run beside the prior along a latent dimension. The run must have posteriors.

    Args:
        model: The run.
        dimension: Its place in the latent.
        low: Lower bound of the densities.
        high: Upper bound.
    """
    mean, log_variance = posteriors(model)
    priors = prior_means(model.config.model)
    match = match_prior(
        mean[:, dimension],
        log_variance[:, dimension],
        priors[:, dimension],
        class_shares(model.require_latents().labels, priors),
        np.linspace(low, high, BINS + 1),
    )
    return match


@shared(max_entries=64)  # one number each
def prior_distance(model: Model) -> float:
    """Return how far all posteriors of a run together lie from the prior, in nats. The run must have posteriors."""
    mean, log_variance = posteriors(model)
    return aggregate_kl(mean, log_variance, model.require_latents().labels, prior_means(model.config.model))
