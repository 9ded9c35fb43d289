"""Compare runs: curves on one chart, what was set differently, and the latent planes side by side."""

import streamlit as st

from aeviz.web.compare.view import pick_runs, show_differences, show_overlay, show_planes
from aeviz.web.kernel.page import page, require_runs

with page(
    "compare",
    "Compare runs",
    "Change one setting, train again, and see what it did: the curves on one chart, the settings that differ, and "
    "where each network puts the same images.",
):
    runs = pick_runs(require_runs("weights"))
    if not runs:
        st.info("Choose one run or more above.", icon=":material/difference:")
        st.stop()
    show_overlay(runs)
    show_differences(runs)
    show_planes(runs)
