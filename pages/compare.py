"""Compare runs: curves on one chart, what was set differently, and the latent planes side by side."""

import streamlit as st

from aeviz.web.compare.view import pick_runs, show_differences, show_overlay, show_planes
from aeviz.web.kernel.page import page, require_runs

with page(
    "compare",
    "Compare runs",
    "Training curves, settings and latent planes of several runs side by side.",
):
    runs = pick_runs(require_runs("weights"))
    if not runs:
        st.info("Choose one or more runs above.", icon=":material/difference:")
        st.stop()
    show_overlay(runs)
    show_differences(runs)
    show_planes(runs)
