"""Where a visitor's image lies on the map of a model."""

import numpy as np
import streamlit as st

from aeviz.language import current_language, tr
from aeviz.web.components.map.component import latent_map
from aeviz.web.components.map.payload import MapPanel, add_markers, let_follow, map_payload, with_class_centres
from aeviz.web.kernel import projections
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import offer_download
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.upload import OwnImage
from aeviz.web.map.panels import make_map_panel
from aeviz.web.reconstruct.own_result import OwnResult


def show_place(picture: OwnImage | None, result: OwnResult | None, model: Model) -> None:
    """Show where an image lies on the map of the model; without encoded images say what is missing and why."""
    if model.latents is None:
        st.info(
            tr(
                "{model} ships without encoded images (terms of {data}), so there is no map, no neighbours and no "
                "in-distribution check. Your image is reconstructed.",
                model=escape(model.name),
                data=escape(model.config.data.name),
            ),
            icon=":material/map:",
        )
        offer_download(model.config.data.name, tr("to show your image on the map"))
        return
    _show_map(picture, result, model)


@shared(max_entries=32)  # 10 kB each, beside what other caches hold too
def _own_panel(model: Model, dimensions: int, language: str) -> MapPanel:
    """Return the map of a model, which follows a drawing; the language is the current one."""
    table = model.require_latents()
    panel = make_map_panel(model, dimensions)
    panel = with_class_centres(panel, table.labels, len(model.provenance.class_names))
    if model.config.model.latent_dim == 1:
        return panel
    shown = projections.projection(model, dimensions)
    return let_follow(panel, model.name, shown.mean, shown.axes)


def _show_map(picture: OwnImage | None, result: OwnResult | None, model: Model) -> None:
    """Show the latent map of the model, with the image's point once there is one."""
    table = model.require_latents()
    dimensions = 3 if model.config.model.latent_dim == 3 else 2
    panel = _own_panel(model, dimensions, current_language())
    z = None
    if picture is not None and result is not None:
        z = result.z
        if len(z) == 1:
            point = np.array([z[0], float(np.median(table.error))])
        else:
            point = projections.projection(model, dimensions).apply(z[None])[0]
        panel = add_markers(panel, {picture.name: point})
    latent_map(map_payload([panel], table.labels, model.provenance.class_names), key=f"own-map-{model.name}")
    if z is not None:
        values = ", ".join(f"{value:.3f}" for value in z[:12])
        more = ", … " + tr("({count} in all)", count=len(z)) if len(z) > 12 else ""
        st.caption(f"z = ({values}{more})")
