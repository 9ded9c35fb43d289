"""The encoded images nearest to a latent point."""

import numpy as np
import streamlit as st

from aeviz.analysis.neighbours import nearest_to
from aeviz.figures.images import shrink, tile, to_small_uri
from aeviz.web.kernel import distances
from aeviz.web.kernel.images import decoded, originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

NEAREST, NEAREST_PX = 8, 48
"""Encoded images that are shown as the nearest to the point, and the longer side of each in pixels."""


def show_nearest(model: Model, point: np.ndarray) -> None:
    """Show the encoded images nearest to a latent point, (D,), where the run has kept them."""
    table, used = model.stored_latents, distances.used_dimensions(model)
    if table is None or not used.any():
        return
    near = nearest_to(table.z[:, used], point[used], NEAREST)
    dataset = originals(model)
    images = decoded(model, table.z[near.indices]) if dataset is None else dataset.images[near.indices]
    names = [str(index) for index in near.indices.tolist()]
    if table.labels is not None:
        classes = model.provenance.class_names
        names = [classes[int(label)] for label in table.labels[near.indices]]
    what = "decoded by the model" if dataset is None else "originals"
    st.image(
        to_small_uri(tile(shrink(images, NEAREST_PX), len(images))),
        width=len(images) * (NEAREST_PX + 4),
        alt=f"The {len(images)} nearest encoded images: {', '.join(names)}",
    )
    first, last = float(near.distances[0]), float(near.distances[-1])
    st.caption(f"Nearest test images ({what}): {' · '.join(map(escape, names))}. Distance {first:.3g} to {last:.3g}.")
