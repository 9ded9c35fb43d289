"""Latent planes of compared runs: those after training, and those recorded during it."""

from collections.abc import Sequence

from aeviz.analysis.latent import follow_planes
from aeviz.errors import CheckpointFormatError
from aeviz.figures.method_lines import thin
from aeviz.language import tr
from aeviz.training.samples import list_samples, read_fixed, read_sample
from aeviz.web.components.run_planes.component import run_planes
from aeviz.web.components.run_planes.payload import RunPlane, run_planes_payload
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.projections import projection

MOST_POINTS = 2000
"""Points of a plane."""


def plane_of(model: Model, group: int, seed: str = "") -> RunPlane | None:
    """Return the latent plane of a run after its training; None where its test images are not encoded."""
    if not model.has_latents:
        return None
    found, labels = projection(model, 2), model.require_latents().labels
    shown = thin(len(found.points), MOST_POINTS)
    return RunPlane(
        group=group,
        seed=seed,
        epochs=[len(model.history())],
        planes=[found.points[shown]],
        labels=None if labels is None else labels[shown],
        class_names=model.class_names,
        axis_names=(found.axis_names[0], found.axis_names[1]),
    )


@shared(max_entries=32)  # about 50 kB each
def recorded_planes(model: Model, group: int) -> RunPlane | None:
    """Return the latent planes that were recorded while a run trained; None where there are none that can be read."""
    epochs = list_samples(model.path)
    try:
        labels = read_fixed(model.path).labels if epochs else None
        latents = [read_sample(model.path, epoch).z for epoch in epochs]
    except CheckpointFormatError:
        return None
    if len({latent.shape for latent in latents}) != 1:
        return None
    planes, axes = follow_planes(latents)
    return RunPlane(
        group=group,
        seed="",
        epochs=epochs,
        planes=planes,
        labels=labels,
        class_names=model.class_names,
        axis_names=axes,
    )


def show_run_planes(runs: Sequence[Model], *, chart: str, is_mapped: bool) -> None:
    """Show a button for each run that marks its curves, and its latent plane over the epochs where it was recorded.

    Args:
        runs: The runs in the order of the chart.
        chart: Key of the chart with their curves.
        is_mapped: Whether maps show the planes after training; without them the planes show it.
    """
    recorded = [recorded_planes(model, place) for place, model in enumerate(runs)]
    missing = [model.name for model, found in zip(runs, recorded, strict=True) if found is None]
    shown = [
        found
        or (None if is_mapped else plane_of(model, place))
        or RunPlane(group=place, seed="", epochs=(), planes=(), labels=None)
        for place, (model, found) in enumerate(zip(runs, recorded, strict=True))
    ]
    run_planes(
        run_planes_payload(
            [model.name for model in runs],
            shown,
            charts=(chart,),
            note=tr("Latent planes during training were not recorded for {names}.", names=", ".join(missing))
            if missing
            else "",
        ),
        key="run-planes",
    )
