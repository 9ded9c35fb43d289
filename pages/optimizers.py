"""Optimizers: what makes ADAM, AMSGrad, SGD and momentum differ, where each fails, and whether it matters here."""

import streamlit as st

from aeviz.web.kernel.page import page
from aeviz.web.optimizers.view import show_section

with page(
    "Optimizers",
    "ADAM, AMSGrad, SGD and momentum are one method with two functions to choose. Watch them on surfaces, break ADAM, "
    "break gradient descent's theorem, and let them train the same network.",
):
    show_section()
    with st.expander("What is behind this"):
        st.markdown(
            """
**One method.** All four keep a first moment of the gradients and divide by the root of a second one; SGD and momentum
divide by 1. ADAM forgets old squares, AMSGrad keeps the largest, so that its step sizes never grow again.

**Regret** is what a method paid beyond the best fixed point in hindsight. For costs that are convex, an average regret
that goes to 0 is what convergence means. ADAM's need not; the loss of a network is not convex, so this says nothing
about networks: that is what the duel is for.

**Fair.** A comparison of optimizers is one of optimizers *with their step sizes*, on one network and one data set, and
one seed says nothing: start weights and batch order change the result by themselves.

S1: M. Sevkovych, *On variational autoencoders: theory and applications*, master's thesis, Univ. of Stuttgart, 2023,
section 1.2. D. Kingma, J. Ba, *Adam: a method for stochastic optimization*, 2015, arXiv:1412.6980. S. Reddi, S. Kale,
S. Kumar, *On the convergence of Adam and beyond*, 2018, arXiv:1904.09237. T. Phuong, L. Phong, *On the convergence
proof of AMSGrad and a new version*, 2019, arXiv:1904.03590. B. Polyak, *Introduction to optimization*, 1987. H.
Rosenbrock 1960, E. Beale 1958, D. Himmelblau 1972. B. L. Welch, *The generalization of Student's problem when several
different population variances are involved*, 1947.
"""
        )
