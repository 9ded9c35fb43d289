"""How far from the data a latent point lies, and beyond which distance it counts as far."""

from pathlib import Path

import numpy as np
import streamlit as st

from aeviz.analysis import latent as analysis_latent
from aeviz.analysis.cloud import Cloud, cloud_of
from aeviz.analysis.latent import ACTIVE, is_far
from aeviz.analysis.posterior import usual_sample_distance
from aeviz.training.runs import RunFolder
from aeviz.web.kernel.cache import RunKey, freeze, latent_summary, needed_latents, shipped_latents
from aeviz.web.kernel.posteriors import has_posteriors, mean_variances, posteriors


@st.cache_resource(max_entries=64, show_spinner=False)  # 4 kB each
def own_distances(key: RunKey) -> np.ndarray:
    """Return how far the encoded test images of a run lie from the others, (M,). The run must have latents."""
    distances = analysis_latent.own_distances(needed_latents(key).z)
    freeze(distances)
    return distances


@st.cache_data(max_entries=64, show_spinner=False)  # one number each
def far_limit(key: RunKey) -> float:
    """Return the distance from the data beyond which a latent point counts as far. The run must have latents."""
    return analysis_latent.usual_distance(needed_latents(key).z)


@st.cache_resource(max_entries=64, show_spinner=False)  # a few bytes each
def used_dimensions(key: RunKey) -> np.ndarray:
    """Return the dimensions in which distances from the data count, (D,), bool. The run must have a summary.

    All of a plain autoencoder; of a variational one those that are active: the others are noise in training too, so
    that the decoder has learned to pay no heed to them, and a draw from the prior is far in them without harm.
    """
    variances = np.diag(latent_summary(key).covariance)
    variational = RunFolder.read(Path(key.path)).config.model.is_variational
    used = variances > ACTIVE if variational else np.ones(len(variances), dtype=bool)
    freeze(used)
    return used


@st.cache_data(max_entries=64, show_spinner=False)  # one number each
def draw_limit(key: RunKey) -> float:
    """Return the distance from the data, in the dimensions that count, beyond which a drawn point counts as far.

    The run must have latents. That of samples of the posteriors where there are Gaussian ones, else `far_limit`.
    """
    if not has_posteriors(RunFolder.read(Path(key.path))):
        return far_limit(key)
    used = used_dimensions(key)
    mean, log_variance = posteriors(key)
    return usual_sample_distance(mean[:, used], log_variance[:, used])


@st.cache_resource(max_entries=64, show_spinner=False)  # 130 kB each in 128-d
def cloud(key: RunKey) -> Cloud:
    """Return the cloud of the latent points that a run's decoder learned from. The run must have a summary.

    Of a variational model these are draws from the posteriors, not their means.
    """
    found = latent_summary(key)
    return cloud_of(found.mean, found.covariance + np.diag(mean_variances(key)))


def mark_far(key: RunKey, points: np.ndarray) -> np.ndarray:
    """Return which latent points, (N, D), lie far from the data, (N,), bool. The run must have a summary.

    By the encoded images where the run has kept them, else by the cloud of its latent points.
    """
    table = shipped_latents(key)
    if table is None:
        return cloud(key).distances(points) > cloud(key).usual_distance()
    used = used_dimensions(key)
    return is_far(points[:, used], table.z[:, used], draw_limit(key))
