"""Maximum entropy: densities of one variance, among which the Gaussian has the most."""

import streamlit as st

from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.maximum_entropy.component import MAXIMUM_ENTROPY
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.maximum_entropy"
SHAPE = Numbers("shape", (1, 1), (((0.5, 20.0), (0.1, 3.0)),))
"""As `MAXIMUM_ENTROPY` lists them."""


@st.fragment
def show_maximum_entropy() -> None:
    """Show the density as the address has it; what the visitor changes goes into the address."""
    MAXIMUM_ENTROPY.show(SHAPE.read(), key=_KEY, on_change=SHAPE.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Maximum entropy",
    group="Information and probability",
    source="S2 (R. Grabovac's thesis), Definition 1.1.3, maximum entropy in section 1.1",
    show=show_maximum_entropy,
    notice="All these densities have one variance. Drag p along the curve: the entropy is largest at p = 2, Gauss.",
    question="Why can no density of variance σ² have more entropy than the Gaussian?",
    answer=(
        r"Let g be the Gaussian with the mean and the variance of f. $-\ln g$ is a parabola, so its mean is the same "
        r"under f and under g: the cross-entropy H(f, g) is H(g). Then $0 \le \mathrm{KL}(f \| g) = H(f, g) - H(f) = "
        r"H(g) - H(f)$. The missing entropy is the KL divergence from f to its Gaussian. At variance 1: Gauss 1.4189, "
        "Laplace 1.3466, uniform 1.2425 nats."
    ),
    slips=(
        r"S1, Definitions 3.1.2 and 3.1.3, call the entropy nonnegative. Set $\sigma$ to 0.2: that of every density "
        "here is negative.",
    ),
)
