"""PCA = linear autoencoder: what a linear autoencoder learns, what it cannot learn, and what a bend adds."""

import streamlit as st

from aeviz.web.kernel.page import page
from aeviz.web.pca.relu import show_contest
from aeviz.web.pca.view import pick_data, show_linear

with page(
    "PCA = linear autoencoder",
    "A linear autoencoder, trained from a random start, comes to the error and the subspace of principal component "
    "analysis, but not to its axes. Watch it, steer it, break it.",
):
    key = pick_data()
    if key is not None:
        show_linear(key)
        st.subheader("Switch on ReLU")
        st.caption("The same number of latent numbers, with a bend between the layers: where and by how much it wins.")
        show_contest(key)
    with st.expander("What is behind this"):
        st.markdown(
            """
With encoder *E*, decoder *D* and centred images *x*, the loss is the mean of |x - D E x|². Multiplied out, it depends
on the images only through their second moments *S*, the mean of x xᵀ: tr S - 2 tr(E S D) + tr(Dᵀ D E S Eᵀ). A step
costs one product of *S* with 2k columns, whatever the number of images.

- **Equal**: the least error, the variance beyond the k largest eigenvalues of *S* (C. Eckart, G. Young, Psychometrika
  1, 1936), and the subspace that the decoder's columns span, unless eigenvalues across the cut are equal. All other
  critical points are saddles (P. Baldi, K. Hornik, Neural Networks 2, 1989).
- **Not equal**: the weights and the axes. D G⁻¹ and G E have the same loss for every invertible *G*; with tied weights
  or with equal L2 for every orthogonal one.
- **Reading the axes off**: E. Plaut (2018, arXiv:1804.10253) takes the singular vectors of the decoder. They are the
  principal axes after training with L2 on both layers (D. Kunin et al., ICML 2019, arXiv:1901.08168); without it they
  follow the random start. The decoder's *columns* line up only if L2 differs from unit to unit (X. Bao et al.,
  NeurIPS 2020, arXiv:2007.06731), and then slowly. PCA of the k latent numbers works always.
- L2 costs a little error: a component of variance share s is shrunk by l / s, and given up where l > s.
"""
        )
