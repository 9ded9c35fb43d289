"""Batch sizes: the experiment with three paths of gradient descent."""

import streamlit as st

from aeviz.web.components.batches.component import BATCHES
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.batches"
_PATHS = ((-2.4, 2.4), (-2.4, 2.4), (0.01, 0.9), (0.0, 1.0), (0.0, 512.0), (0.0, 99.0))
DESCENT = Numbers(
    "descent",
    (-0.6, 1.7, 0.1, 0, 512, 0, 0, 0),
    ((*_PATHS, (0.0, 2.0), (0.0, 1.0)), _PATHS),
)
"""As `BATCHES` lists them; addresses from before there was a choice of models have the first six."""


@st.fragment
def show_batches() -> None:
    """Show the paths as the address has them; what the visitor changes goes into the address."""
    BATCHES.show(DESCENT.read(), key=_KEY, on_change=DESCENT.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Batch sizes",
    group="Learning",
    source=(
        "S1 (M. Sevkovych's thesis), Definition 1.2.4, Theorem 1.2.5, Lemma 1.2.6, Corollary 1.2.7, Theorem 1.2.8; S2 "
        "(R. Grabovac's thesis), section 2.4, Definition 2.4.1"
    ),
    show=show_batches,
    notice=(
        "All three have seen the same data. Single data come near first, then jump about the minimum. Choose another "
        "model, and *Eight starts*."
    ),
    question="What must the learning rate do so that stochastic gradient descent stops jumping about the minimum?",
    answer=(
        r"It must fall to 0, for the gradients of single data do not vanish at the minimum: only their mean does. It "
        r"must not fall too fast, $\sum_t \gamma_t = \infty$, or the path stops on the way. Choose the falling rate. A "
        r"batch of n data drawn without replacement has the variance of single data over n, times $(N-n)/(N-1)$. "
        r"Where it stops depends on the risk. A strictly convex one has at most one minimiser: of two, the point "
        r"half-way would have less risk than both. With all x equal the risk depends on $a + c$ alone and has a line "
        r"of minimisers. The risk of a network is not convex, so that Theorem 1.2.5 says nothing about Corollary 1.2.7."
    ),
    slips=(
        "S1, Theorem 1.2.8, defines the iterates of stochastic gradient descent and asserts nothing. "
        "It leaves open how the datum i is chosen: here each epoch goes through all data in a new random order.",
        r"S1, Corollary 1.2.7, asks only that $\gamma_t \to 0$. That is not enough, as the Optimizers page shows.",
        "S1, after Corollary 1.2.7, speaks of optimising any convex function. The risk of a network is not convex in "
        "its parameters: choose the network, where u = w = 0 has gradient 0 and is no minimum.",
    ),
)
