"""Decode: choose a latent point with sliders and see the image that the network draws there."""

import streamlit as st

from aeviz.web.decode.view import pick_axes, pick_beside, show_decoder
from aeviz.web.kernel.page import page, pick_model, require_runs

with page(
    "Decode",
    "The decoder is half of the network: it turns any latent point into an image, also points no image was encoded to.",
):
    found = require_runs("summary")
    left, right = st.columns(2)
    with left:
        run = pick_model(found)
    with right:
        second = pick_beside(found, run)
    show_decoder(run, second, pick_axes(run))
    with st.expander("How to read this"):
        st.markdown(
            """
The sliders reach from the 0.5 % to the 99.5 % quantile of the encoded images; of a variational model at least to three
deviations of all its posteriors together. A **far** mark means that the 10th nearest encoded image is farther away than
it is for 99 of 100 encoded images, or, of a variational model, for 99 of 100 samples of their posteriors, since that is
what its decoder learned to draw; only dimensions that it uses count. Elsewhere the network was never asked to draw, and
what it draws is extrapolation. A model that ships without its encoded images measures the Mahalanobis distance instead:
how many deviations a point lies from the middle of the Gaussian cloud that its decoder learned from, far beyond what 99
of 100 points of such a cloud reach.

With more than three dimensions the sliders begin at the median, and those come first that tell most of an image.
**Nats** are the KL divergence from posterior to prior: a dimension with nearly 0 says nothing, and the decoder ignores
it. **Principal directions** move many dimensions at once; each of them covers the stated share of the variance. The
page's address keeps the point and all choices.
"""
        )
