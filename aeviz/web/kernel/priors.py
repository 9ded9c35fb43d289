"""What the pages draw latent points from, and how such draws meet the encoded images."""

from pathlib import Path

import numpy as np
import streamlit as st

from aeviz.analysis.generation import (
    Gaussian,
    draw_noise,
    fit_gaussian,
    gaussian_of,
    share_at_own_anchor,
    standard_gaussian,
)
from aeviz.analysis.prior_fit import PriorFit, fit_prior
from aeviz.training.runs import RunFolder
from aeviz.web.kernel.cache import RunKey, freeze, latent_summary, latents, model, needed_latents
from aeviz.web.kernel.distances import draw_limit


@st.cache_resource(max_entries=256, show_spinner=False)  # 33 kB each in 64-d
def data_gaussian(key: RunKey, label: int | None) -> Gaussian:
    """Return the Gaussian fitted to a run's latent points: those of a class, which must be there, or all."""
    if label is None:
        fitted = gaussian_of(latent_summary(key).mean, latent_summary(key).covariance)
    else:
        table = needed_latents(key)
        fitted = fit_gaussian(table.z[table.labels == label])
    freeze(fitted.mean, fitted.factor)
    return fitted


@st.cache_resource(max_entries=256, show_spinner=False)  # 33 kB each in 64-d
def prior_gaussian(key: RunKey, label: int | None) -> Gaussian:
    """Return the prior of a variational model, N(0, I), or that of a class where it is anchored to classes."""
    anchors = model(key).model.anchors
    at_origin = np.zeros(model(key).config.model.latent_dim)
    prior = standard_gaussian(at_origin if label is None or anchors is None else anchors[label].numpy())
    freeze(prior.mean, prior.factor)
    return prior


@st.cache_data(max_entries=64, show_spinner=False)  # one number each
def anchored_share(key: RunKey) -> float | None:
    """Return the share of a run's latent points that lie nearest to the anchor of their class; None without those."""
    table, anchors = latents(key), model(key).model.anchors
    if table is None or table.labels is None or anchors is None:
        return None
    return share_at_own_anchor(table.z, table.labels, anchors.numpy())


@st.cache_data(max_entries=64, show_spinner=False)  # two numbers each
def usual_norms(key: RunKey) -> tuple[float, float]:
    """Return the bounds of the distance from the origin between which 9 of 10 encoded test images lie."""
    low, high = np.quantile(np.linalg.norm(needed_latents(key).z, axis=1), [0.05, 0.95])
    return float(low), float(high)


@st.cache_resource(max_entries=256, show_spinner=False)  # a few numbers each
def prior_fit(key: RunKey, draws: int, seed: int) -> PriorFit:
    """Return how draws from the prior N(0, I) meet a run's latent points, which it must have."""
    table, classes = needed_latents(key), len(RunFolder.read(Path(key.path)).provenance.class_names)
    noise = draw_noise(seed, draws, table.z.shape[1])
    return fit_prior(table.z, table.log_variance, table.labels, classes, noise, draw_limit(key))
