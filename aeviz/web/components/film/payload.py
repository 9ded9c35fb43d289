"""The training film: what the in-page component needs to show a network learn, epoch by epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.figures.charts import moving_average
from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND, class_colour
from aeviz.web.components.kit.wire import pack

NO_LABEL = 65535
"""Label of a point without a class."""
NOT_FINITE = 65535
"""Code of a coordinate that is NaN or infinite; the point is not drawn."""
LEVELS = 65534
"""Largest code of a coordinate; a code is `(value - origin) / step`."""
TAIL = 0.005
"""Share of the points beyond each edge of a frame's view, so that a few outliers do not shrink all others."""
REACH = 8.0
"""Spans of the view beyond which a point is moved to the edge, so that an outlier does not coarsen all others."""
PART_COLOURS = (FIRST, CLASS_COLOURS[3], SECOND)
VALIDATION = "validation"
"""Name of the curve whose lowest value marks the best epoch."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FilmFrame:
    """The state of the network after an epoch."""

    epoch: int
    """Counted from 1; 0 is the network before training."""
    points: np.ndarray
    """(N, 2), floating point: the latent plane of the same images in the same order in every frame."""
    reconstructions: bytes
    """A few decoded validation images, PNG or WebP, side by side as the originals are; may be empty."""
    mesh: bytes
    """Images decoded from a grid over the latent plane, PNG or WebP; may be empty."""
    mesh_range: np.ndarray | None = None
    """Part of the plane that the mesh covers, (2, 2), a row (low, high) for each axis; None leaves it unsaid."""


def film_payload(
    *,
    run: str,
    total_epochs: int,
    is_live: bool,
    epochs: np.ndarray,
    curves: Mapping[str, np.ndarray],
    quantity: str,
    gradient_norm: np.ndarray,
    learning_rate: np.ndarray,
    frames: Sequence[FilmFrame],
    labels: np.ndarray | None,
    class_names: Sequence[str],
    axis_names: tuple[str, str],
    originals: bytes,
    window: int,
    mesh_columns: int = 0,
    plays: bool = False,
    notes: str = "",
    parts: Mapping[str, np.ndarray] | None = None,
    share: np.ndarray | None = None,
) -> bytes:
    """Pack a film for the component: see components/film/film_data.js.

    Args:
        run: Identity of the run. The component keeps its place in the film while this stays the same.
        total_epochs: Epochs the run is to have.
        is_live: Whether more is to come.
        epochs: Epochs trained, ascending, (E,), integer.
        curves: Name to loss, (E,) each, floating point; NaN where unknown. The lowest value of the curve "validation"
            marks the best epoch.
        quantity: What the loss is, for example "mean squared error".
        gradient_norm: (E,), floating point; NaN where unknown.
        learning_rate: (E,), floating point; NaN where unknown.
        frames: The moments to show, in any order of their epochs.
        labels: Classes of the points, (N,), integer, or None.
        class_names: Names of the classes.
        axis_names: What lies across and what upwards in the plane.
        originals: The images, side by side, whose reconstructions the frames hold; may be empty.
        window: Epochs in the moving average of the curves; 1 draws none.
        mesh_columns: Images in a row, and in a column, of each mesh; between small ones the page draws a gap. 0 if
            unknown.
        plays: Whether the film plays once it is shown, unless the visitor wants less motion; else its end is shown.
        notes: A remark below the film.
        parts: Name to part of the validation loss, (E,) each, floating point, which a button shows in place of the
            curves; None or empty for no button.
        share: Share of the KL weight that counts, (E,), from 0 to 1, drawn with the parts; None for none.

    Raises:
        ValueError: Arrays that belong together differ in length.
    """
    ordered = sorted(frames, key=lambda frame: frame.epoch)
    n = len(ordered[0].points) if ordered else 0
    points = np.stack([frame.points for frame in ordered]).astype(np.float64) if ordered else np.empty((0, n, 2))
    lengths = {len(values) for values in (epochs, *curves.values(), gradient_norm, learning_rate)}
    lengths |= {len(values) for values in (*(parts or {}).values(), *(() if share is None else (share,)))}
    if len(lengths) > 1 or (labels is not None and n and len(labels) != n):
        labelled = None if labels is None else len(labels)
        raise ValueError(f"curves of {sorted(lengths)} epochs, {labelled} labels of {n} points: lengths differ")
    low, high = _bounds(points)
    origin, step, codes = _quantise(points, low, high)
    named = labels is not None and n > 0
    classes = labels if labels is not None and n > 0 else np.full(n, NO_LABEL)
    averaged = window > 1
    colours = (FIRST, SECOND, *CLASS_COLOURS[2:])
    return pack(
        {
            "run": run,
            "total": total_epochs,
            "live": is_live,
            "plays": plays,
            "quantity": quantity,
            "notes": notes,
            "epochs": np.asarray(epochs).astype(np.int32),
            "curves": [
                {
                    "name": name,
                    "colour": colours[k % len(colours)],
                    "raw": _floats(values),
                    "smooth": _floats(_smooth(values, window)) if averaged else None,
                }
                for k, (name, values) in enumerate(curves.items())
            ],
            "parts": [
                {"name": name, "colour": PART_COLOURS[k % len(PART_COLOURS)], "raw": _floats(values), "smooth": None}
                for k, (name, values) in enumerate((parts or {}).items())
            ],
            "share": None if share is None else _floats(share),
            "gradientNorm": _floats(gradient_norm),
            "gradientSmooth": _floats(_smooth(gradient_norm, window)) if averaged else None,
            "learningRate": _floats(learning_rate),
            "colours": {"gradient": CLASS_COLOURS[5], "rate": CLASS_COLOURS[3], "share": CLASS_COLOURS[5]},
            "best": _best(curves.get(VALIDATION)),
            "n": n,
            "labels": classes.astype(np.uint16),
            "axes": axis_names,
            "classes": [
                {"name": name, "colour": class_colour(k)} for k, name in enumerate(class_names if named else ())
            ],
            "originals": originals or None,
            "meshColumns": mesh_columns,
            "frames": [
                {
                    "epoch": frame.epoch,
                    "low": low[k].tolist(),
                    "high": high[k].tolist(),
                    "origin": origin[k].tolist(),
                    "step": step[k].tolist(),
                    "codes": codes[k],
                    "meshRange": None if frame.mesh_range is None else np.asarray(frame.mesh_range, float).tolist(),
                    "reconstructions": frame.reconstructions or None,
                    "mesh": frame.mesh or None,
                }
                for k, frame in enumerate(ordered)
            ],
        }
    )


def _bounds(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the points of each frame lie but for the tails: low and high, (F, 2), float64.

    Points (F, N, 2), float64; coordinates that are not finite do not count. One sort for all frames is many times
    faster than a quantile for each.
    """
    if points.shape[1] == 0:
        return np.zeros((len(points), 2)), np.zeros((len(points), 2))
    finite = np.isfinite(points)
    ordered = np.sort(np.where(finite, points, np.inf), axis=1)
    last = finite.sum(axis=1, keepdims=True) - 1
    cut = np.floor(TAIL * np.maximum(last, 0)).astype(int)
    low, high = (
        np.take_along_axis(ordered, np.maximum(rank, 0), axis=1)[:, 0] for rank in (np.minimum(cut, last), last - cut)
    )
    known = last[:, 0] >= 0
    return np.where(known, low, 0.0), np.where(known, high, 0.0)


def _quantise(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return origin and step of each frame's axes, (F, 2), and the coordinates as codes, (F, N, 2), uint16."""
    finite = np.isfinite(points)
    span = np.maximum(high - low, 1e-6)
    least, most = low - REACH * span, high + REACH * span
    if points.shape[1]:
        least = np.maximum(least, np.where(finite, points, np.inf).min(axis=1))
        most = np.minimum(most, np.where(finite, points, -np.inf).max(axis=1))
    known = finite.any(axis=1)
    step = np.where(known, most - least, 0.0) / LEVELS
    origin, step = np.where(known, least, 0.0), np.where(step > 0, step, 1.0)
    with np.errstate(invalid="ignore"):
        codes = np.round((points - origin[:, None]) / step[:, None])
    return origin, step, np.where(finite, np.clip(codes, 0, LEVELS), NOT_FINITE).astype(np.uint16)


def _smooth(values: np.ndarray, window: int) -> np.ndarray:
    """Return the moving average of the finite values, (E,), float64; NaN where the value itself is not finite."""
    finite = np.isfinite(values)
    if finite.all():
        return moving_average(values, window)
    sums, counts = moving_average(np.where(finite, values, 0.0), window), moving_average(finite, window)
    return np.where(finite, sums / np.maximum(counts, 1e-12), np.nan)


def _best(validation: np.ndarray | None) -> int:
    """Return the index of the lowest finite loss, the first of equals; -1 where there is none."""
    if validation is None or not np.isfinite(validation).any():
        return -1
    return int(np.argmin(np.where(np.isfinite(validation), validation, np.inf)))


def _floats(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # a loss beyond float32 is as good as infinite
        return values.astype(np.float32)
