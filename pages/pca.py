"""PCA = linear autoencoder: what a linear autoencoder learns, what it cannot learn, and what a bend adds."""

import streamlit as st

from aeviz.language import tr
from aeviz.web.kernel.page import page
from aeviz.web.pca.relu import show_comparison
from aeviz.web.pca.view import show_linear

with page(
    "pca",
    tr("PCA = linear autoencoder"),
    tr("A linear autoencoder learns the error and the subspace of PCA, but not its axes. Watch it train."),
):
    key = show_linear()
    if key is not None:
        st.subheader(tr("Add ReLU"))
        st.caption(tr("Same latent size, plus a ReLU layer: how much lower is the error, and for which images?"))
        show_comparison(key)
