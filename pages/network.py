"""Network and training: the layers of a model, how it was trained, and how its error fell."""

import streamlit as st

from aeviz.language import tr
from aeviz.web.kernel.page import NO_COMPARISON, page, pick_model, pick_second, require_runs
from aeviz.web.kernel.recipes import network_code, offer_code
from aeviz.web.network.view import show_activations, show_curves, show_layers, show_settings

with page(
    "network",
    tr("Network and training"),
    tr("Follow an image through the layers; move z and the decoder answers. Below: the training curves."),
):
    found = require_runs("weights")
    with st.container(horizontal=True):
        first = pick_model(found)
        second = pick_second(found, first, mapped=False, default=NO_COMPARISON)
    runs = [run for run in (first, second) if run is not None]
    show_activations(runs)
    show_curves(runs)
    show_layers(runs)
    show_settings(runs)
    if own := [run.name for run in runs if not run.config.model.is_imported]:
        offer_code(network_code(own))
