"""Distributions that pages sample from, and how such samples compare with the encoded images."""

import numpy as np

from aeviz.analysis.generation import (
    Gaussian,
    draw_noise,
    fit_gaussian,
    gaussian_of,
    share_at_own_anchor,
    standard_gaussian,
)
from aeviz.analysis.prior_fit import PriorFit, fit_prior
from aeviz.language import tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.distances import draw_limit, used_dimensions
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

FEW = 0.6
"""Share of images at the anchor of their class below which the anchors are said not to have taken hold."""


@shared(max_entries=256)  # 33 kB each in 64-d
def data_gaussian(model: Model, label: int | None) -> Gaussian:
    """Return the Gaussian fitted to a run's latent points: those of a class, which must be there, or all."""
    if label is None:
        fitted = gaussian_of(model.summary.mean, model.summary.covariance)
    else:
        table = model.require_latents()
        fitted = fit_gaussian(table.z[table.labels == label])
    return fitted


@shared(max_entries=256)  # 33 kB each in 64-d
def prior_gaussian(model: Model, label: int | None) -> Gaussian:
    """Return the prior of a variational model, N(0, I), or that of a class where it is anchored to classes."""
    anchors = model.network().model.anchors
    at_origin = np.zeros(model.network().config.model.latent_dim)
    prior = standard_gaussian(at_origin if label is None or anchors is None else anchors[label].numpy())
    return prior


@shared(max_entries=64)  # one number each
def anchored_share(model: Model) -> float | None:
    """Return the share of a run's latent points that lie nearest to the anchor of their class; None without those."""
    table, anchors = model.latents, model.network().model.anchors
    if table is None or table.labels is None or anchors is None:
        return None
    return share_at_own_anchor(table.z, table.labels, anchors.numpy())


@shared(max_entries=64)  # two numbers each
def usual_norms(model: Model) -> tuple[float, float]:
    """Return the bounds of the distance from the origin, in active dimensions, of 9 of 10 encoded test images."""
    used = used_dimensions(model)
    low, high = np.quantile(np.linalg.norm(model.require_latents().z[:, used], axis=1), [0.05, 0.95])
    return float(low), float(high)


@shared(max_entries=256)  # a few numbers each
def prior_fit(model: Model, draws: int, seed: int) -> PriorFit:
    """Return how draws from the prior N(0, I) meet a run's latent points, which it must have."""
    table, classes = model.require_latents(), len(model.provenance.class_names)
    noise = draw_noise(seed, draws, table.z.shape[1])
    return fit_prior(table.z, table.log_variance, table.labels, classes, noise, draw_limit(model))


def is_anchored(model: Model) -> bool:
    """Whether a run has a prior of its own for each class."""
    return model.config.model.is_variational and model.config.model.prior == "anchored"


def anchoring(model: Model) -> str:
    """Say how many of the encoded test images came to lie at the anchor of their class; nothing if unknown."""
    share = anchored_share(model)
    if share is None:
        return ""
    text = tr(
        "**{share:.0%}** of the encoded test images of {model} are nearest to their own class's anchor.",
        share=share,
        model=escape(model.name),
    )
    if share >= FEW:
        return text
    weight = model.config.objective.kl_weight
    return f"{text} " + tr(
        "The KL weight {weight:g} was too small, so the class priors do not give their digits.", weight=weight
    )
