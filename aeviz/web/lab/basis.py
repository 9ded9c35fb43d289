"""Basis functions: the same regression with fixed bumps and with the hidden units of a network."""

import streamlit as st

from aeviz.web.components.basis.component import BASIS
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.basis"
REGRESSION = Numbers("basis", (5, 0.25, 0, 0, 0), (((1.0, 20.0), (0.05, 1.0), (0.0, 40.0), (0.0, 1.0), (0.0, 99.0)),))
"""As `BASIS` lists them."""


@st.fragment
def show_basis() -> None:
    """Show both fits as the address has them; what the visitor changes goes into the address."""
    BASIS.show(REGRESSION.read(), key=_KEY, on_change=REGRESSION.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Basis functions",
    group="Neurons and layers",
    source="S2 (R. Grabovac's thesis), section 2.1, equation (2.1), Figure 2.5; the data are ours",
    show=show_basis,
    notice=(
        "Press *Run*. The Gaussian bumps do not depend on the data. The hidden units move as they train: one of them "
        "becomes steep where the function is."
    ),
    question="When is a network no more than a linear model with fixed basis functions?",
    answer=(
        "When its first layer is not trained. Choose *the output layer alone*: the hidden units stay as they were "
        "drawn, the model is linear in what it learns, and least squares would solve it at once. With both layers the "
        "problem is no longer convex, and the result depends on the start. The fixed basis catches up with more and "
        "narrower bumps; in n dimensions a grid of such bumps has $M^n$ of them."
    ),
)
