"""Films of a training, from the samples that a run keeps of it. Needs no torch."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from aeviz.analysis.latent import follow_planes
from aeviz.errors import ExportError
from aeviz.figures.images import latent_thumbnail, tile
from aeviz.films.film import LARGE, Film, Timing, beside, caption, fit, on_white
from aeviz.training.runs import RunFolder
from aeviz.training.safe_files import is_regular_file
from aeviz.training.samples import PRIOR, SAMPLES, Sample, list_samples, read_fixed, read_prior, read_sample

View = Literal["plane", "reconstructions", "prior"]
_Drawn = tuple[list[int], Callable[[int], np.ndarray]]
"""The recorded epochs, and the function that draws the frame of the epoch at a place in this list."""
VIEWS: tuple[View, ...] = ("plane", "reconstructions", "prior")
FPS = 4.0
"""Recorded epochs a second, as Train plays them."""
SIZE = 640
"""Longest side in pixels where none is asked for."""
_PRIOR_COLUMNS, _PRIOR_FPS = 5, 1.0
_SHARE = 0.005
"""Share of the points beyond each edge of the plane."""


def views_of(path: Path) -> tuple[View, ...]:
    """Return which films of its training the run in the folder `path` can give, by the files that it kept."""
    recorded: tuple[View, ...] = ("plane", "reconstructions") if list_samples(path) else ()
    return (*recorded, "prior") if is_regular_file(path / PRIOR) else recorded


def training(folder: RunFolder, timing: Timing | None = None, *, view: View | None = None) -> Film:
    """Return a film of a run's training, a frame for each epoch that it recorded.

    Args:
        folder: The run.
        timing: Length, speed and size. Where both length and speed are given, epochs are repeated or left out.
        view: "plane" shows the latent plane of some validation images beside the decoded plane, "reconstructions" a
            few validation images above their reconstructions, "prior" images decoded from the same draws from the
            prior; None for the first of these that the run recorded.

    Raises:
        ExportError: The run did not record its training, or not that view of it.
        CheckpointFormatError: A file is damaged.
    """
    known, timing = views_of(folder.path), timing or Timing()
    if view is None or view not in known:
        _refuse_missing(folder, known, view)
    shown = view or known[0]
    if shown == "prior":
        epochs, draw = _prior(folder, timing.size or SIZE)
    else:
        epochs, draw = (_plane if shown == "plane" else _reconstructions)(folder, timing.size or SIZE)
    usual = _PRIOR_FPS if shown == "prior" else FPS
    if timing.seconds is not None and timing.fps is not None:
        count, fps = timing.frames(usual)
    else:
        count = len(epochs)
        fps = timing.fps or (usual if timing.seconds is None else min(50.0, max(0.05, count / timing.seconds)))
    places = [number * len(epochs) // count for number in range(count)]

    def frames(start: int, stop: int) -> list[np.ndarray]:
        return [draw(place) for place in places[start:stop]]

    return Film(
        name=f"{folder.name}-training",
        count=count,
        fps=fps,
        draw=frames,
        settings={"run": folder.name, "film": "training", "view": shown, "epochs": epochs},
    )


def _refuse_missing(folder: RunFolder, known: tuple[View, ...], view: View | None) -> None:
    if not known:
        raise ExportError(
            f"run '{folder.name}' keeps no record of its training ({SAMPLES}/), so there is no film of it; runs "
            "that you train keep one, and of the models that ship digits-2d-adam; or choose --film traversal"
        )
    if view is not None:
        raise ExportError(f"run '{folder.name}' did not record the view {view!r}; it has: {', '.join(known)}")


def _words(folder: RunFolder, epoch: int) -> str:
    return f"{folder.name}: epoch {epoch:,} of {folder.config.train.epochs:,}"


def _samples(folder: RunFolder) -> list[Sample]:
    return [read_sample(folder.path, epoch) for epoch in list_samples(folder.path)]


def _plane(folder: RunFolder, size: int) -> _Drawn:
    samples, fixed = _samples(folder), read_fixed(folder.path)
    planes, _ = follow_planes([sample.z for sample in samples])
    low, high = np.quantile(np.stack(planes).astype(np.float64), [_SHARE, 1 - _SHARE], axis=1)
    low, high = low.min(axis=0), high.max(axis=0)
    middle, half = (low + high) / 2, max(float((high - low).max()) / 2 * 1.08, 1e-9)
    window = (float(middle[0]), float(middle[1])), half
    side = (size - 8) // 2

    def draw(place: int) -> np.ndarray:
        plane = on_white(latent_thumbnail(planes[place], fixed.labels, side, window=window))
        grid = samples[place].grid
        decoded = fit(tile(grid, math.isqrt(len(grid))), side, smooth=False)
        return caption(beside([plane, decoded]), _words(folder, samples[place].epoch))

    return [sample.epoch for sample in samples], draw


def _reconstructions(folder: RunFolder, size: int) -> _Drawn:
    samples, originals = _samples(folder), read_fixed(folder.path).originals

    def draw(place: int) -> np.ndarray:
        both = np.concatenate([originals, samples[place].reconstructions])
        picture = fit(tile(both, len(originals)), size, smooth=max(originals.shape[2:]) >= LARGE)
        return caption(picture, _words(folder, samples[place].epoch))

    return [sample.epoch for sample in samples], draw


def _prior(folder: RunFolder, size: int) -> _Drawn:
    samples = read_prior(folder.path)
    assert samples is not None

    def draw(place: int) -> np.ndarray:
        images = samples.images[place]
        picture = fit(tile(images, _PRIOR_COLUMNS), size, smooth=max(images.shape[2:]) >= LARGE)
        return caption(picture, _words(folder, int(samples.epochs[place])))

    return samples.epochs.tolist(), draw
