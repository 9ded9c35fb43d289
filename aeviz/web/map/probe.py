"""The point that a visitor drags over the map: how it is decoded in the page, and what is said of it afterwards."""

import numpy as np
import streamlit as st

from aeviz.figures.images import enlarge, tile, to_data_uri
from aeviz.web.components.map.payload import Lift, MapPanel
from aeviz.web.kernel import projections
from aeviz.web.kernel.client_inference import find_network
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import MODEL
from aeviz.web.kernel.point_url import point_parameter
from aeviz.web.kernel.points import is_photo, show_distance
from aeviz.web.kernel.text import escape
from aeviz.web.map.controls import MapOptions

PICTURE_PX = 128
"""Width of the image at the point."""


def make_lift(model: Model, options: MapOptions) -> Lift | None:
    """Return what it takes to decode the points of a run's panel; None where that is bent, or a line."""
    if options.embedding(model) is not None or model.config.model.latent_dim == 1:
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


def show_probe(panels: list[MapPanel], runs: list[Model], probe: tuple[int, tuple[float, ...]] | None) -> None:
    """Show the image at the point that the visitor dragged, and a link to Decode at this point.

    Args:
        panels: Those of the map.
        runs: The model of each.
        probe: The panel on which the point lies, and its coordinates there; None where there is none.
    """
    if probe is None or probe[0] >= len(panels):
        return
    panel, coordinates = probe
    lift, model = panels[panel].lift, runs[panel]
    if lift is None or len(coordinates) != len(lift.columns):
        return
    point = lift.apply(np.array(coordinates))
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        picture = tile(decoded(model, point[None].astype(np.float32)), 1)
        text = f"Image decoded by {model.name} at the probe"
        st.image(to_data_uri(enlarge(picture, PICTURE_PX, smooth=lift.smooth)), width=PICTURE_PX, alt=text)
        with st.container():
            st.markdown(f"**At the probe**, decoded by {escape(model.name)}")
            show_distance(model, point)
            if model.has_summary:
                st.page_link(
                    "pages/decode.py",
                    label="Open this point in Decode",
                    icon=":material/tune:",
                    query_params={MODEL: model.name, **point_parameter(model, point)},
                )
