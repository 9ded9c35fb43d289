"""The films there are: a traversal of each latent dimension, and a walk between two latent points or test images."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from aeviz.analysis.generation import linear_path, spherical_path
from aeviz.analysis.summary import summarise
from aeviz.errors import ExportError
from aeviz.figures.images import tile
from aeviz.films.film import LARGE, Film, Timing, caption, fit
from aeviz.training.run import Run
from aeviz.training.runs import RunFolder
from aeviz.training.summary import LatentSummary, read_summary

FPS = 20.0
"""Frames a second where none are asked for."""
SIZE = 480
"""Longest side in pixels where none is asked for."""
MOST_TILES = 16
"""Dimensions that move beside each other, at most."""


def traversal(run: Run, timing: Timing | None = None, *, dimension: int | None = None) -> Film:
    """Return a film in which each latent dimension goes from end to end of the data and back.

    Args:
        run: The model.
        timing: Length, speed and size.
        dimension: The only one to show, counted from 1; None for the 16 most informative, a tile each, the first
            upper left. The others stay at the median of the data.

    Raises:
        ExportError: There is no such dimension, or the run kept nothing about its latent space.
    """
    summary, timing = _summary(run.folder), timing or Timing()
    size = run.config.model.latent_dim
    if dimension is not None and not 1 <= dimension <= size:
        raise ExportError(f"run '{run.name}' has no latent dimension {dimension}; expected 1 to {size}")
    shown = summary.order()[:MOST_TILES] if dimension is None else np.array([dimension - 1])
    count, fps = timing.frames(FPS)
    shares = np.linspace(0, 1, count // 2 + 1)
    ranges = summary.ranges()
    points = np.tile(summary.median, (len(shares), len(shown), 1))
    for tile_number, axis in enumerate(shown):
        low, high = ranges[axis]
        points[:, tile_number, axis] = low + shares * (high - low)
    names = [f"z{axis + 1}" for axis in shown]
    text = f"{run.name}: {', '.join(names)}, from end to end of the data"
    settings = {"run": run.name, "film": "traversal", "dimensions": [int(axis) + 1 for axis in shown]}
    return Film(
        name=f"{run.name}-traversal" + ("" if dimension is None else f"-z{dimension}"),
        count=count,
        goes_back=True,
        fps=fps,
        draw=partial(_decode, run, points.astype(np.float32), timing.size or SIZE, text),
        settings=settings,
    )


def walk(run: Run, start: int, end: int, timing: Timing | None = None, *, spherical: bool = False) -> Film:
    """Return a film that walks from the code of a test image to that of another and back.

    Args:
        run: The model.
        start: Index of a test image, from 0.
        end: Index of another.
        timing: Length, speed and size.
        spherical: Along the great circle instead of the line.

    Raises:
        ExportError: The run keeps no encoded test images, or has none of these.
    """
    table = run.folder.latents()
    if table is None:
        raise ExportError(
            f"run '{run.name}' keeps no encoded test images, as models of faces do not; choose the traversal"
        )
    for index in (start, end):
        if not 0 <= index < len(table.z):
            raise ExportError(f"run '{run.name}' has no test image {index}; expected 0 to {len(table.z) - 1}")
    return walk_between(
        run, table.z[start], table.z[end], timing, spherical=spherical, ends=(f"image {start}", f"image {end}")
    )


def walk_between(
    run: Run,
    start: np.ndarray,
    end: np.ndarray,
    timing: Timing | None = None,
    *,
    spherical: bool = False,
    ends: Sequence[str] = (),
) -> Film:
    """Return a film that walks from one latent point, (D,), to another and back.

    Args:
        run: The model.
        start: Where it begins.
        end: Where it turns round, in the middle of the film.
        timing: Length, speed and size.
        spherical: Along the great circle instead of the line.
        ends: What the two points are.
    """
    timing = timing or Timing()
    count, fps = timing.frames(FPS)
    points = (spherical_path if spherical else linear_path)(start, end, count // 2 + 1)[:, None]
    settings = {"run": run.name, "film": "walk", "path": "spherical" if spherical else "linear", "ends": list(ends)}
    return Film(
        name=f"{run.name}-walk",
        count=count,
        goes_back=True,
        fps=fps,
        draw=partial(_decode, run, points, timing.size or SIZE, ""),
        settings=settings,
    )


def _decode(run: Run, points: np.ndarray, size: int, text: str, start: int, stop: int) -> list[np.ndarray]:
    """Return frames: the images decoded from points, (F, T, D), as T tiles each."""
    part = points[start:stop]
    tiles = part.shape[1]
    decoded = run.decode(part.reshape(-1, part.shape[2])).numpy()
    images = decoded.reshape(len(part), tiles, *decoded.shape[1:])
    columns = math.ceil(math.sqrt(tiles))
    smooth = max(decoded.shape[2:]) >= LARGE
    pictures = [fit(tile(each, columns, gap=1 if tiles > 1 else 0), size, smooth=smooth) for each in images]
    return [caption(picture, text) if text else picture for picture in pictures]


def _summary(folder: RunFolder) -> LatentSummary:
    """Return the statistics of a run's latent points.

    Raises:
        ExportError: It kept neither points nor statistics.
    """
    table = folder.latents()
    if table is not None:
        return summarise(table.z)
    summary = read_summary(folder.path, folder.config.model.latent_dim)
    if summary is None:
        raise ExportError(
            f"run '{folder.name}' keeps no encoded test images, so its latent ranges are not known; let its training "
            "end, or train the model again"
        )
    return summary
