"""Reconstruct: what comes back when an image is squeezed through a few numbers, and which class suffers most."""

import streamlit as st

from aeviz.web.page import page, pick_model, pick_second, require_runs
from aeviz.web.reconstruct_view import show_error_bars, show_extremes, show_grids

with page(
    "Reconstruct",
    "A hundred test images and what each model makes of them after the bottleneck: what is blurred away is what the "
    "latent point could not hold.",
):
    found = require_runs()
    left, right = st.columns(2)
    with left:
        first = pick_model(found)
    with right:
        second = pick_second(found, first)
    runs = [run for run in (first, second) if run is not None]
    show_grids(runs)
    show_error_bars(runs)
    show_extremes(runs)
    with st.expander("What the error is"):
        st.markdown(
            """
The **Euclidean error** of an image is the root of the sum over pixels of squared differences, pixels between 0 and 1.
The mean squared error (MSE) that training makes small is its square, divided by the number of pixels and averaged over
images. Figures after M. Sevkovych, *On variational autoencoders: theory and applications*, Univ. of Stuttgart, 2023:
2.5 and 2.9 (ten reconstructions of each digit), and the error bars of section 2.3.
"""
        )
