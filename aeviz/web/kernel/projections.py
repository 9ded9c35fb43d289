"""Latent points in two or three dimensions, as maps show them."""

import numpy as np

from aeviz.analysis.latent import Projection, project, select
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model


@shared(max_entries=64)  # 120 kB each
def projection(model: Model, dimensions: int) -> Projection:
    """Return the latent points of a model in two or three dimensions. The model must have latents.

    A line has only one: its points are spread by their error in the second.
    """
    table = model.require_latents()
    if table.z.shape[1] == 1:
        points = np.column_stack([table.z[:, 0], table.error])
        one = {"mean": np.zeros(1), "axes": np.eye(1)}
        return Projection(points=points, axis_names=("z1", "error"), explained=1.0, **one)
    return project(table.z, dimensions)


@shared(max_entries=64)  # 120 kB each
def chosen_dimensions(model: Model, dimensions: tuple[int, ...]) -> Projection:
    """Return the latent points of a model along some of its dimensions. The model must have latents."""
    return select(model.require_latents().z, dimensions)


def projected(model: Model, dimensions: int, axes: tuple[int, ...] | None = None) -> Projection:
    """Return the latent points of a model along chosen dimensions of it, or without those as `projection` does."""
    if axes is not None and len(axes) == dimensions and model.require_latents().z.shape[1] > dimensions:
        return chosen_dimensions(model, axes)
    return projection(model, dimensions)
