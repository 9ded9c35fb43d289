"""The posteriors of runs: samples, shapes on the map, and how they meet their priors."""

from pathlib import Path

import numpy as np
import streamlit as st

from aeviz.analysis.cloud import posterior_variances
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
from aeviz.training.runs import RunFolder
from aeviz.web.kernel.cache import (
    RunKey,
    freeze,
    latent_summary,
    latents,
    needed_latents,
    projected,
    run_key,
    shipped_latents,
)


def has_posteriors(folder: RunFolder) -> bool:
    """Whether a run has stored posteriors that are Gaussians: those of a flow start as such, but are bent."""
    if folder.config.model.bottleneck != "gaussian":
        return False
    table = latents(run_key(folder))
    return table is not None and table.log_variance is not None


def posteriors(key: RunKey) -> tuple[np.ndarray, np.ndarray]:
    """Return the means and the logarithms of the variances of a run's posteriors, (N, D) each, float32.

    Raises:
        LookupError: The run has none; the page did not ask `has_posteriors`.
    """
    table = needed_latents(key)
    if table.log_variance is None:
        raise LookupError("the run has no posteriors; the page must ask has_posteriors first")
    return table.z, table.log_variance


def mean_variances(key: RunKey) -> np.ndarray:
    """Return the mean variances of a run's posteriors, (D,): kept, or as its divergence tells them; 0 where unknown."""
    table = shipped_latents(key)
    if table is not None and table.log_variance is not None and has_posteriors(RunFolder.read(Path(key.path))):
        widths: np.ndarray = np.exp(table.log_variance.astype(np.float64)).mean(axis=0)
        return widths
    config, found = RunFolder.read(Path(key.path)).config.model, latent_summary(key)
    known = config.bottleneck == "gaussian" and config.prior == "standard"
    return posterior_variances(found) if known else np.zeros(len(found.mean))


@st.cache_resource(max_entries=16, show_spinner=False)  # 400 kB each in 10-d
def posterior_samples(key: RunKey, seed: int) -> np.ndarray:
    """Return a sample of the posterior of each test image of a run, (N, D), float32. The run must have posteriors."""
    mean, log_variance = posteriors(key)
    samples = sample_posteriors(mean, log_variance, seed)
    freeze(samples)
    return samples


@st.cache_resource(max_entries=32, show_spinner=False)  # 240 kB each
def posterior_ellipses(key: RunKey, axes: tuple[int, ...] | None = None) -> np.ndarray:
    """Return the posteriors of a run in the plane of its map, (N, 3), as `aeviz.analysis.posterior.ellipses` does.

    The run must have posteriors, and more than one dimension. The plane is that of `cache.projected`.
    """
    shapes = ellipses(projected_covariance(posteriors(key)[1], projected(key, 2, axes).axes))
    freeze(shapes)
    return shapes


@st.cache_resource(max_entries=16, show_spinner=False)  # 560 kB for 70,000 images
def divergences(key: RunKey) -> np.ndarray:
    """Return how far the posterior of each test image of a run lies from its prior in nats, (N,), float64.

    The run must have posteriors.
    """
    nats = kl_per_image(
        *posteriors(key), needed_latents(key).labels, prior_means(RunFolder.read(Path(key.path)).config.model)
    )
    freeze(nats)
    return nats


@st.cache_data(max_entries=256, show_spinner=False)  # two numbers each
def posterior_span(key: RunKey, dimension: int) -> tuple[float, float]:
    """Return the bounds of posteriors and priors along a latent dimension of a run, which must have posteriors."""
    mean, log_variance = posteriors(key)
    priors = prior_means(RunFolder.read(Path(key.path)).config.model)
    return span(mean[:, dimension], log_variance[:, dimension], priors[:, dimension])


@st.cache_resource(max_entries=256, show_spinner=False)  # 3 kB each
def prior_match(key: RunKey, dimension: int, low: float, high: float) -> PriorMatch:
    """Return all posteriors of a run beside the prior along a latent dimension. The run must have posteriors.

    Args:
        key: The run.
        dimension: Its place in the latent.
        low: Lower bound of the densities.
        high: Upper bound.
    """
    mean, log_variance = posteriors(key)
    priors = prior_means(RunFolder.read(Path(key.path)).config.model)
    match = match_prior(
        mean[:, dimension],
        log_variance[:, dimension],
        priors[:, dimension],
        class_shares(needed_latents(key).labels, priors),
        np.linspace(low, high, BINS + 1),
    )
    freeze(match.edges, match.aggregate, match.prior)
    return match


@st.cache_data(max_entries=64, show_spinner=False)  # one number each
def prior_distance(key: RunKey) -> float:
    """Return how far all posteriors of a run together lie from the prior, in nats. The run must have posteriors."""
    mean, log_variance = posteriors(key)
    return aggregate_kl(
        mean, log_variance, needed_latents(key).labels, prior_means(RunFolder.read(Path(key.path)).config.model)
    )
