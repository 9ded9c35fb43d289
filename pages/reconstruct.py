"""Reconstruct: what comes back when an image, also your own, is squeezed through a few numbers."""

import streamlit as st

from aeviz.web.own_picture_view import show_own_pictures
from aeviz.web.page import page, pick_model, pick_second, require_runs
from aeviz.web.reconstruct_view import TEST_IMAGES, pick_source, show_error_bars, show_extremes, show_grids

with page(
    "Reconstruct",
    "What a model makes of an image after the bottleneck: what is blurred away is what the latent point could not "
    "hold. A hundred test images, or a picture of your own.",
):
    found = require_runs()
    source = pick_source()
    if source == TEST_IMAGES:
        left, right = st.columns(2)
        with left:
            first = pick_model(found)
        with right:
            second = pick_second(found, first)
        runs = [run for run in (first, second) if run is not None]
        show_grids(runs)
        show_error_bars(runs)
        show_extremes(runs)
    else:
        show_own_pictures(found, pick_model(found, default="mlp-10d-amsgrad"))
    with st.expander("What the error is"):
        st.markdown(
            """
The **Euclidean error** of an image is the root of the sum over pixels of squared differences, pixels between 0 and 1.
The mean squared error (MSE) that training makes small is its square, divided by the number of pixels and averaged over
images. Figures after M. Sevkovych, *On variational autoencoders: theory and applications*, Univ. of Stuttgart, 2023:
2.5 and 2.9 (ten reconstructions of each digit), and the error bars of section 2.3.
"""
        )
