"""How points of the map are decoded in the page, and which points of two maps correspond."""

import numpy as np

from aeviz.analysis.alignment import find_translation
from aeviz.web.components.map.payload import Lift, MapPanel
from aeviz.web.kernel import projections
from aeviz.web.kernel.client_inference import find_network
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.points import is_photo
from aeviz.web.map.controls import MapOptions


def make_lift(model: Model, options: MapOptions) -> Lift | None:
    """Return what it takes to decode the points of a run's panel; None where that is bent, or a line."""
    if not can_lift(model, options):
        return None
    shown = projections.projected(model, options.dimensions, options.axes)
    table = model.latents
    if table is None:
        return None
    rest = table.z.mean(axis=0, dtype=np.float64) - shown.mean  # what the panel does not show stays in the middle
    return Lift(
        model=model.name,
        origin=shown.mean + rest - shown.axes @ (shown.axes.T @ rest),
        columns=shown.axes.T,
        network=find_network(model, "decoder").spec,
        shape=model.config.model.image_shape,
        smooth=is_photo(model),
    )


def can_lift(model: Model, options: MapOptions) -> bool:
    """Whether each point of a run's panel stands for a latent point: not on a bent map, nor on a line."""
    return options.embedding(model) is None and model.config.model.latent_dim > 1


def find_carry(source: MapPanel, target: MapPanel) -> tuple[np.ndarray, np.ndarray]:
    """Return matrix, (K, K), and shift, (K,): p @ matrix + shift on `target` is where p on `source` corresponds to."""
    found = find_translation(source.points, target.points)
    return found.matrix.T, found.shift
