"""Three regimes: what a variational autoencoder loses without its KL divergence, or without its reconstruction."""

import streamlit as st

from aeviz.web.kernel.page import page
from aeviz.web.regimes.view import show_regimes

with page(
    "Three regimes",
    "A variational autoencoder makes two things small at once: the error of its reconstructions, and the divergence "
    "of its latent points from a prior. The same network with only the one, only the other, and both.",
):
    show_regimes()
    with st.expander("What is behind this"):
        st.markdown(
            """
Training makes *reconstruction + weight x KL* small. The reconstruction is the cross-entropy of the pixels, the KL is
that from the posterior q(z | x), a Gaussian for each image, to the prior N(0, I), in nats. With the first weight set to
0, with the second, and with the two that make the sum minus the **ELBO**, the evidence lower bound: cross-entropy and
KL both summed, which is 1/784 for the KL beside a mean over 784 pixels.

All three models have the same layers (784-256-128-2 and back), data, optimizer, seed and number of epochs. After
R. Grabovac, *Variational autoencoders with applications*, Univ. of Zagreb, 2025, figure 3.1. D. P. Kingma, M. Welling,
*Auto-encoding variational Bayes*, 2014, arXiv:1312.6114, has the bound.
"""
        )
