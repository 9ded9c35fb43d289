"""Distances of latent points from the data, and the limit beyond which a point is out of distribution."""

import numpy as np

from aeviz.analysis import latent as analysis_latent
from aeviz.analysis.latent import ACTIVE, count_votes, is_far
from aeviz.analysis.latent_gaussian import LatentGaussian, gaussian_by_directions
from aeviz.analysis.posterior import usual_sample_distance
from aeviz.language import tr
from aeviz.web.components.explorer.payload import Support
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.posteriors import has_posteriors, mean_variances, posteriors


@shared(max_entries=64)  # 4 kB each
def own_distances(model: Model) -> np.ndarray:
    """Return how far the encoded test images of a run lie from the others, (M,). The run must have latents."""
    return analysis_latent.own_distances(model.require_latents().z)


@shared(max_entries=64)  # one number each
def far_limit(model: Model) -> float:
    """Return the distance from the data beyond which a latent point counts as far. The run must have latents."""
    return analysis_latent.usual_distance(model.require_latents().z)


@shared(max_entries=64)  # a few bytes each
def used_dimensions(model: Model) -> np.ndarray:
    """Return the dimensions in which distances from the data count, (D,), bool. The run must have a summary.

    All of a plain autoencoder; of a variational one those that are active. The others are noise in training too: the
    decoder has learned to ignore them, and a sample of the prior may lie far from the data in them without harm.
    """
    variances = np.diag(model.summary.covariance)
    variational = model.config.model.is_variational
    used = variances > ACTIVE if variational else np.ones(len(variances), dtype=bool)
    return used


@shared(max_entries=64)  # one number each
def draw_limit(model: Model) -> float:
    """Return the distance from the data, in the dimensions that count, beyond which a drawn point counts as far.

    The run must have latents. That of samples of the posteriors where there are Gaussian ones, else `far_limit`.
    """
    if not has_posteriors(model):
        return far_limit(model)
    used = used_dimensions(model)
    mean, log_variance = posteriors(model)
    return usual_sample_distance(mean[:, used], log_variance[:, used])


@shared(max_entries=64)  # 130 kB each in 128-d
def latent_gaussian(model: Model) -> LatentGaussian:
    """Return the Gaussian of the latent points that a run's decoder learned from. The run must have a summary.

    Of a variational model these are draws from the posteriors, not their means.
    """
    found = model.summary
    return gaussian_by_directions(found.mean, found.covariance + np.diag(mean_variances(model)))


def mark_far(model: Model, points: np.ndarray) -> np.ndarray:
    """Return which latent points, (N, D), lie far from the data, (N,), bool. The run must have a summary.

    By the encoded images where the run has kept them, else by the Gaussian of its latent points.
    """
    table = model.stored_latents
    if table is None:
        return latent_gaussian(model).distances(points) > latent_gaussian(model).usual_distance()
    used = used_dimensions(model)
    return is_far(points[:, used], table.z[:, used], draw_limit(model))


def support(model: Model) -> Support:
    """Return what `mark_far` goes by, for the page. The run must have a summary."""
    used = used_dimensions(model)
    if model.stored_latents is None:
        gaussian = latent_gaussian(model)
        return Support(limit=gaussian.usual_distance(), used=used, gaussian=gaussian)
    return Support(limit=draw_limit(model), used=used)


def find_far(model: Model, points: np.ndarray) -> np.ndarray | None:
    """Return which points lie far from the data, as on Decode; None where nothing is known of the latent space."""
    return mark_far(model, points) if model.has_summary else None


def far_text(model: Model, points: np.ndarray) -> str:
    """Say how many of some points lie far from the data; nothing where that is unknown."""
    far = find_far(model, points)
    if far is None:
        return ""
    if not far.any():
        return tr("none out of distribution")
    return tr("{count} of {all} out of distribution (\N{MULTIPLICATION SIGN})", count=int(far.sum()), all=len(far))


def read_points(model: Model, points: np.ndarray) -> np.ndarray:
    """Return the class that the encoded test images nearest to each point have, (N,); the images must have classes."""
    winners: np.ndarray = votes_at(model, points).argmax(axis=1)
    return winners


def votes_at(model: Model, points: np.ndarray) -> np.ndarray:
    """Return how many of the 10 encoded images nearest to each point each class has, (N, Y); they must have classes."""
    table = model.require_latents()
    if table.labels is None:
        raise LookupError("the images have no classes; the caller must check first")
    used = used_dimensions(model)
    return count_votes(points[:, used], table.z[:, used], table.labels)
