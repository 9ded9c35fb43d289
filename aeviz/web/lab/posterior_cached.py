"""Caches of the experiment on the true posterior, keyed by the model's stamp and the image."""

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from aeviz.analysis.generation import draw_noise
from aeviz.data import ImageDataset
from aeviz.figures.true_posterior import bound_bars, name_bounds, posterior_plane
from aeviz.lab.plane_integral import Box, box_around
from aeviz.lab.true_posterior import Inference, infer
from aeviz.language import mark
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.models import Model

if TYPE_CHECKING:
    from aeviz.lab.decoded_joint import DecodedGrid, Survey

CELLS, SURVEY_CELLS = 128, 256
"""Cells along a side of the grid on which a posterior is searched, and of the one on which a survey integrates."""
SURVEYED = 200
"""Test images of a survey, evenly spaced."""
_RESOLVED = 1.5
"""A survey's cells may be that many times as wide as the usual posterior."""


@shared(max_entries=64)  # one array each, at most 12 kB
def drawn_image(model: Model, seed: int) -> np.ndarray:
    """Return an image that a model draws from its prior, (C, H, W), float32 in [0, 1]."""
    image: np.ndarray = decoded(model, draw_noise(seed, 1, 2))[0]
    return image


@shared(
    max_entries=3, spinner=mark("Decoding the latent plane for all images, once …")
)  # 26 MB each for 28 x 28 pixels
def grid(model: Model) -> "DecodedGrid":
    """Return the decoded plane of a model, which serves all images."""
    run = model.network()
    from aeviz.lab.decoded_joint import decode_grid  # with torch, which `network` has brought

    return decode_grid(run, box(model, CELLS))


def box(model: Model, cells: int) -> Box:
    """Return the square of a model's latent plane that holds its encoded images and the prior."""
    return box_around(model.require_latents().z, n=cells)


@shared(
    max_entries=64, spinner=mark("Integrating p(x, z) over the latent plane: about 1 s, on a busy machine longer …")
)  # 0.1 to 2 MB each
def inference(model: Model, number: int, is_drawn: bool, _image: np.ndarray) -> Inference:
    """Return ln p(x), posterior and bounds of an image, (C, H, W), float32 in [0, 1].

    Args:
        model: The model.
        number: Which image, or the seed of the draw.
        is_drawn: Whether the model drew it from its prior.
    """
    run = model.network()
    from aeviz.lab.decoded_joint import encode, joint_of
    from aeviz.lab.gaussian_bounds import diagonal

    mean, log_variance = encode(run, _image[None])
    coarse = grid(model).log_joint(_image[None])[0]
    return infer(joint_of(run, _image), diagonal(mean[0], log_variance[0]), box(model, CELLS), coarse)


@shared(max_entries=64)  # 0.1 MB each
def plane_figure(
    model: Model, number: int, is_drawn: bool, samples: int, language: str, _result: Inference
) -> go.Figure:
    """Return the latent plane with K draws, in a language; the others as of `inference`, with what it returned."""
    return posterior_plane(
        _result.posterior, _result.q, _result.diagonal, _result.draws[:samples], _result.log_weights[:samples]
    )


@shared(max_entries=64)  # 10 kB each
def bounds_figure(
    model: Model, number: int, is_drawn: bool, samples: int, language: str, _result: Inference
) -> go.Figure:
    """Return the bars of all bounds, that with K draws marked; arguments as of `plane_figure`."""
    best = (_result.diagonal_elbo, _result.full_elbo)
    return bound_bars(name_bounds(_result.elbo, _result.bounds, best, samples), _result.log_evidence)


def can_survey(model: Model) -> bool:
    """Whether one grid resolves most posteriors of a model, so that many images can be integrated at once."""
    spread = model.require_latents().log_variance
    return spread is not None and box(model, SURVEY_CELLS).side / SURVEY_CELLS < _RESOLVED * float(
        np.exp(np.median(spread) / 2)
    )


def surveyed_images(count: int) -> np.ndarray:
    """Return the indices of the images of a survey, evenly spaced over a test set, at most `SURVEYED`, int64."""
    indices: np.ndarray = np.linspace(0, count - 1, min(SURVEYED, count)).round().astype(np.int64)
    return indices


@shared(
    max_entries=8, spinner=mark("Integrating over the latent plane for 200 images, once: some seconds …")
)  # 5 kB each
def survey(model: Model, _dataset: ImageDataset) -> "Survey":
    """Return ln p(x) and bounds of the images of `surveyed_images`, on one grid. The model must allow a survey."""
    run = model.network()
    from aeviz.lab.decoded_joint import survey as integrate_all

    images = _dataset.images[surveyed_images(len(_dataset))].astype(np.float32) / np.float32(255)
    return integrate_all(run, images, box(model, SURVEY_CELLS))
