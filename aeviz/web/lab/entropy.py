"""Entropy of a coin and of a few outcomes: the experiment with probabilities to drag."""

import streamlit as st

from aeviz.web.components.entropy.component import CHANGED, entropy_bars
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.entropy"
PROBABILITIES = Numbers("probabilities", (0.8, 0.2), [((0.0, 1.0),) * count for count in range(2, 7)])
"""Probabilities of 2 to 6 outcomes; the page scales them to the sum 1."""


@st.fragment
def show_entropy() -> None:
    """Show the outcomes as the address has them; what the visitor changes goes into the address."""
    entropy_bars(PROBABILITIES.read(), key=_KEY, on_change=PROBABILITIES.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Entropy of a coin",
    group="Information and probability",
    source="S2 (R. Grabovac's thesis), Proposition 1.1.1, Definition 1.1.2, maximum entropy in section 1.1",
    show=show_entropy,
    notice=(
        "A rare outcome carries much information but seldom occurs: entropy, the mean information, is largest when all "
        "outcomes are equally likely. *Why the logarithm?* is below."
    ),
    question="How many yes-or-no questions does it take on average to find one of four equally likely outcomes?",
    answer=(
        "Two: the entropy is $\\log_2 4 = 2$ bits. With probabilities 1/2, 1/4, 1/8, 1/8 it is 1.75 bits: ask for the "
        "likely outcome first. No order of questions needs fewer on average than the entropy. A coin that always "
        "shows the same side has entropy 0."
    ),
    slips=(
        r"S2, Proposition 1.1.1, finds h proportional to $\ln p$, with any sign. That h is nonnegative, "
        r"$-c \ln p$ with $c > 0$, needs that a rarer outcome has more information. Its last line divides by $\ln q$, "
        "which is 0 for q = 1, and uses x for an outcome and for an exponent.",
        "S2, section 1.1, says that the uniform distribution maximises entropy for discrete variables. That holds for "
        "finitely many outcomes; on infinitely many there is no uniform distribution.",
    ),
)
