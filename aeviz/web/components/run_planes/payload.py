"""Compared runs with the points of their latent planes, packed for run_planes.js."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.figures.palette import class_colour
from aeviz.web.components.kit.prediction import Question
from aeviz.web.components.kit.wire import pack

NO_LABEL = 65535
"""Label of a point without a class."""
TAIL = 0.005
"""Share of the points beyond each edge of a plane, so that a few outliers do not shrink all others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunPlane:
    """A run and its latent plane, perhaps after several epochs."""

    group: int
    """Place of its optimizer, or of the run itself, among those compared: what a trace of a chart names in `meta`."""
    seed: str
    """Its seed among the runs of the group; empty where the group is this run alone."""
    epochs: Sequence[int]
    """Epochs of the planes, (F,), ascending; empty where none is shown."""
    planes: Sequence[np.ndarray]
    """(N, 2), floating point, a plane an epoch: the same images in each."""
    labels: np.ndarray | None
    """Classes of the points, (N,), integer, or None."""
    class_names: Sequence[str] = ()
    """Names of the classes."""
    axis_names: tuple[str, str] = ("z1", "z2")
    agreement: float | None = None
    """Share of variance in which it agrees with the first group's plane of the seed, in [0, 1]; None to say nothing."""


def run_planes_payload(
    titles: Sequence[str],
    runs: Sequence[RunPlane],
    *,
    charts: Sequence[str],
    seed: str = "",
    linked: int | None = None,
    slider: bool = False,
    note: str = "",
    question: Question | None = None,
) -> bytes:
    """Pack runs for the component.

    Args:
        titles: Names of the groups.
        runs: The runs, a group after the other.
        charts: Keys of the Plotly charts on the page whose traces have `meta` = {"group": place, "seed": place}.
        seed: The seed whose planes are shown first.
        linked: Groups, from the first on, that the charts show; all of them if None.
        slider: Whether a slider stands for the buttons of the seeds, which are then many; the page keeps the choice.
        note: A remark below the planes.
        question: What is asked before seeds are played; only with a slider.

    Raises:
        ValueError: Planes and epochs of a run differ in number.
    """
    return pack(
        {
            "titles": list(titles),
            "charts": list(charts),
            "seed": seed,
            "linked": len(titles) if linked is None else linked,
            "slider": slider,
            "note": note,
            "question": question.to_json() if question else None,
            "runs": [_pack_run(run) for run in runs],
        }
    )


def _pack_run(run: RunPlane) -> dict[str, object]:
    n = len(run.planes[0]) if run.planes else 0
    labels = np.full(n, NO_LABEL) if run.labels is None else run.labels
    return {
        "group": run.group,
        "seed": run.seed,
        "n": n,
        "agreement": run.agreement,
        "axes": run.axis_names,
        "labels": labels.astype(np.uint16),
        "classes": [{"name": name, "colour": class_colour(k)} for k, name in enumerate(run.class_names)],
        "frames": [_pack_frame(epoch, plane) for epoch, plane in zip(run.epochs, run.planes, strict=True)],
    }


def _pack_frame(epoch: int, plane: np.ndarray) -> dict[str, object]:
    finite = plane[np.isfinite(plane).all(axis=1)]
    low, high = np.quantile(finite, (TAIL, 1 - TAIL), axis=0) if len(finite) else np.zeros((2, 2))
    return {"epoch": epoch, "points": plane.astype(np.float32).ravel(), "low": low.tolist(), "high": high.tolist()}
