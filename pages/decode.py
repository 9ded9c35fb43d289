"""Decode: choose a latent point with sliders and see the image that the network draws there."""

import streamlit as st

from aeviz.web.decode.view import pick_axes, pick_beside, show_decoder
from aeviz.web.kernel.page import page, pick_model, require_runs

with page(
    "decode",
    "Decode",
    "The decoder turns any latent point into an image. Drag the point and watch.",
):
    found = require_runs("summary")
    left, right = st.columns(2)
    with left:
        model = pick_model(found)
    with right:
        second = pick_beside(found, model)
    show_decoder(model, second, pick_axes(model))
