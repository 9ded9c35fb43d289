"""Decode: choose a latent point with sliders and see the image that the network draws there."""

import streamlit as st

from aeviz.web.decode_view import show_decoder
from aeviz.web.page import page, pick_model, require_runs

with page(
    "Decode",
    "The decoder is half of the network: it turns any latent point into an image, also points no image was encoded to.",
):
    show_decoder(pick_model(require_runs("summary")))
    with st.expander("How to read this"):
        st.markdown(
            """
The sliders reach from the 0.5 % to the 99.5 % quantile of the encoded test images. With more than three dimensions the
ones in which the data varies most come first; the others rest at their median. A **far** mark means that the 10th
nearest encoded image is farther away than it is for 99 of 100 test images: the network was never asked to draw there,
and what it draws is extrapolation.
"""
        )
