"""Network and training: the layers of a model, how it was trained, and how its error fell."""

import streamlit as st

from aeviz.web.kernel.page import page, pick_model, pick_second, require_runs
from aeviz.web.network.view import show_architectures, show_curves, show_settings

with page(
    "network",
    "Network and training",
    "The layers of a model, its training curves and its settings.",
):
    found = require_runs("weights")
    left, right = st.columns(2)
    with left:
        first = pick_model(found)
    with right:
        second = pick_second(found, first, mapped=False)
    show_architectures(first, second)
    show_curves([run for run in (first, second) if run is not None])
    show_settings([run for run in (first, second) if run is not None])
