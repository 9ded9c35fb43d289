"""The training film of a run: its curves and samples as the component wants them."""

import logging
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aeviz.analysis.curves import ObjectiveParts, objective_parts
from aeviz.analysis.latent import GRID_TAIL, follow_planes, quantile_ranges
from aeviz.errors import CheckpointFormatError
from aeviz.figures.images import tile, to_png, to_webp
from aeviz.figures.objective_parts import KL_NAME, RECONSTRUCTION_NAME, TOTAL_NAME
from aeviz.training.runs import RunFolder
from aeviz.training.samples import Sample, list_samples, read_fixed, read_sample
from aeviz.web.components.film.payload import FilmFrame, film_payload
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.history import read_epochs
from aeviz.web.kernel.text import name_objective

_log = logging.getLogger(__name__)

WINDOW_SHARE = 20
"""The moving average spans one epoch in so many."""
SHORT = 20
"""Epochs up to which curves are drawn as they are: an average would flatten the first steep fall."""
EXACT_PIXELS = 16_384
"""Pixels of an image up to which it is sent without loss."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moment:
    """One frame of the film."""

    sample: Sample
    reconstructions: bytes
    mesh: bytes


@shared(max_entries=1000)  # about 30 kB each
def _moment(path: str, epoch: int, created: str) -> _Moment:
    sample = read_sample(Path(path), epoch)
    return _Moment(
        sample=sample,
        reconstructions=_encode(tile(sample.reconstructions, len(sample.reconstructions))),
        mesh=_encode(tile(sample.grid, _side(sample), gap=0)),
    )


def _side(sample: Sample) -> int:
    """Return how many images are in a row of the decoded grid."""
    return math.isqrt(len(sample.grid))


def _encode(picture: np.ndarray) -> bytes:
    """Encode an image in few bytes; a small one exactly, since each of its pixels is seen."""
    return to_png(picture, effort=9) if picture.shape[0] * picture.shape[1] <= EXACT_PIXELS else to_webp(picture)


@shared(max_entries=64)  # some kB each
def _originals(path: str, created: str) -> bytes:
    images = read_fixed(Path(path)).originals
    return _encode(tile(images, len(images)))


@shared(max_entries=16)  # at most half a megabyte each
def _film(
    path: str,
    created: str,
    total: int,
    epochs: int,
    samples: tuple[int, ...],
    is_live: bool,
    plays: bool,
    quantity: str,
) -> bytes:
    folder = RunFolder.read(Path(path))
    history = read_epochs(folder.path)[:epochs]
    labels, moments = _followed(path, created, samples)
    parts = objective_parts(history, folder.config)
    planes, axes = follow_planes([moment.sample.z for moment in moments])

    def column(name: str) -> np.ndarray:
        return np.array([getattr(report, name) for report in history], dtype=np.float64)  # None becomes NaN

    return film_payload(
        run=folder.name,
        total_epochs=total,
        is_live=is_live,
        plays=plays,
        epochs=np.array([report.epoch for report in history], dtype=np.int64),
        curves={"training": column("train_loss"), "validation": column("val_loss")},
        quantity=quantity,
        gradient_norm=column("gradient_norm"),
        learning_rate=column("learning_rate"),
        frames=[
            FilmFrame(
                epoch=moment.sample.epoch,
                points=plane,
                reconstructions=moment.reconstructions,
                mesh=moment.mesh,
                mesh_range=_mesh_range(moment.sample),
            )
            for moment, plane in zip(moments, planes, strict=True)
        ],
        labels=labels,
        class_names=folder.provenance.class_names,
        axis_names=axes,
        originals=_originals(path, created) if moments else b"",
        mesh_columns=_side(moments[0].sample) if moments else 0,
        parts={} if parts is None else _name_parts(parts),
        share=parts.share if parts is not None and parts.is_annealed else None,
        window=max(1, len(history) // WINDOW_SHARE) if len(history) > SHORT else 1,
    )


def _name_parts(parts: ObjectiveParts) -> dict[str, np.ndarray]:
    """Return the parts of a loss by their names; nothing where they cannot be told apart."""
    if not np.isfinite(parts.kl_term).any():
        return {}
    return {TOTAL_NAME: parts.total, RECONSTRUCTION_NAME: parts.reconstruction, KL_NAME: parts.kl_term}


def _followed(path: str, created: str, samples: tuple[int, ...]) -> tuple[np.ndarray | None, list[_Moment]]:
    """Return the labels of the points that are followed and the samples that can be read and belong together."""
    try:
        labels = read_fixed(Path(path)).labels if samples else None
    except CheckpointFormatError as error:
        _log.warning("%s", error)
        return None, []
    moments: list[_Moment] = []
    for epoch in samples:
        try:
            moment = _moment(path, epoch, created)
        except CheckpointFormatError as error:  # one frame less is better than no film
            _log.warning("%s", error)
            continue
        shape = moment.sample.z.shape
        expected = moments[0].sample.z.shape if moments else (shape[0] if labels is None else len(labels), shape[1])
        if shape == expected and len(moment.sample.grid) and len(moment.sample.reconstructions):
            moments.append(moment)
    return labels, moments


def film(folder: RunFolder, *, is_live: bool, plays: bool = False) -> bytes:
    """Return the film of a run as it stands, for the component.

    Args:
        folder: The run.
        is_live: Whether it still trains.
        plays: Whether the film plays by itself once it is on the page.
    """
    samples = list_samples(folder.path)
    history = read_epochs(folder.path)
    epochs = history[-1].epoch if history else 0
    shown = tuple(epoch for epoch in samples if epoch <= epochs)
    total = folder.config.train.epochs
    quantity = name_objective(folder.config.objective)
    return _film(str(folder.path), folder.provenance.created, total, len(history), shown, is_live, plays, quantity)


def _mesh_range(sample: Sample) -> np.ndarray | None:
    """Return which part of the plane the decoded mesh covers, (2, 2); None where it lies on other axes."""
    return quantile_ranges(sample.z, tail=GRID_TAIL) if sample.z.shape[1] == 2 else None
