"""Compare runs: curves on one chart, what was set differently, and the latent planes side by side."""

import streamlit as st

from aeviz.language import tr
from aeviz.web.compare.seeds import is_by_seeds, show_seeds
from aeviz.web.compare.view import pick_runs, show_differences, show_overlay, show_planes, show_verdict
from aeviz.web.kernel.page import page, require_runs
from aeviz.web.kernel.recipes import compare_code, offer_code

with page(
    "compare",
    tr("Compare runs"),
    tr("Training curves, settings and latent planes of several runs side by side."),
):
    if is_by_seeds():
        show_seeds()
        st.stop()
    runs = pick_runs(require_runs("weights"))
    if not runs:
        st.info(tr("Choose one or more runs above."), icon=":material/difference:")
        st.stop()
    show_verdict(runs)
    show_overlay(runs)
    show_planes(runs)
    show_differences(runs)
    offer_code(compare_code([run.name for run in runs]))
