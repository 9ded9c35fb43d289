"""Scores of the test images of a run, by which anomalies are looked for: computed once for all visitors."""

import numpy as np

from aeviz.analysis.anomaly import Detection, ScoreName, detect, most_anomalous, score_of
from aeviz.language import mark, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model

_SCORE_TEXTS = (
    mark("error"),
    mark("negative ELBO"),
    mark("reconstruction term"),
    mark("KL term"),
    mark("Euclidean error"),
    mark("minus the ELBO in nats"),
    mark("minus the expected log-likelihood in nats"),
    mark("KL of posterior and prior in nats"),
)
"""The names and quantities of SCORES, which are messages."""


def has_likelihood(model: Model) -> bool:
    """Whether a run bounds the likelihood of an image. An anchored prior needs the class, which a detector lacks."""
    shape, objective = model.config.model, model.config.objective
    return (
        shape.is_variational
        and shape.prior == "standard"
        and objective.loss_spec.log_likelihood is not None
        and objective.kl_weight > 0
        and objective.reconstruction_weight > 0
    )


def scores_of(model: Model, score_name: ScoreName) -> np.ndarray:
    """Return a score of each test image of a run, (N,); the error where it has no other."""
    parts = None if score_name == "error" or not has_likelihood(model) else parts_of(model)
    return score_of(score_name, model.require_latents().error, parts)


def parts_of(model: Model) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the parts of minus the ELBO by test image of a run that has a likelihood; None without the images."""
    dataset, _ = find_originals(model)
    return None if dataset is None else _elbo_parts(model)


@shared(max_entries=8, spinner=lambda model: tr("Computing the likelihood of the test images …"))  # 160 kB for MNIST
def _elbo_parts(model: Model) -> tuple[np.ndarray, np.ndarray]:
    from aeviz.analysis.variational import elbo_parts

    dataset, why = find_originals(model)
    parts = None if dataset is None else elbo_parts(model.network(), dataset)
    if parts is None:
        raise LookupError(f"{model.name} has no likelihood of its images; the page must check first. {why}")
    return parts


@shared(max_entries=64, spinner=lambda *_: tr("Ranking the test images …"))  # 240 kB for MNIST
def detection_of(model: Model, label: int, score_name: ScoreName) -> Detection:
    """Return how well a run's scores tell a class from the others. The run must have latents with that class."""
    table = model.require_latents()
    if table.labels is None:
        raise LookupError("the images have no classes; the page must check first")
    return detect(scores_of(model, score_name), table.labels == label)


@shared(max_entries=64)  # 80 kB for MNIST
def ranking_of(model: Model, score_name: ScoreName) -> np.ndarray:
    """Return the places of a run's test images by falling score, (N,), int64. The run must have latents."""
    return most_anomalous(scores_of(model, score_name))
