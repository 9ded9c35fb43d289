"""Backpropagation: the experiment with a small network whose numbers all show."""

import streamlit as st

from aeviz.web.components.backpropagation.component import BACKPROPAGATION
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.backpropagation"
_PLACE, _ACTIVATION = (-9.0, 9.0), (0.0, 3.0)
NETWORK = Numbers(
    "network",
    (0, 0, 0.5, 1, 1, 0.8, 0.4, 0.3, 0.9, -0.6, -0.8, 0.1, 0, -0.2, 1.2, -0.7, 0.5, 0.1, 8),
    ((_ACTIVATION,) * 2 + (_PLACE,) * 16 + ((0.0, 8.0),),),
)
"""As `BACKPROPAGATION` lists them."""


@st.fragment
def show_backpropagation() -> None:
    """Show the network as the address has it; what the visitor changes goes into the address."""
    BACKPROPAGATION.show(NETWORK.read(), key=_KEY, on_change=NETWORK.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Backpropagation",
    group="Learning",
    source="S2 (R. Grabovac's thesis), section 2.5, equations (2.5) to (2.8), Algorithm 3",
    show=show_backpropagation,
    notice=(
        "The error δ of a hidden unit is the error of the output, carried back along the weight and multiplied by the "
        "slope $f'(z)$ of the unit. Press *Saturate*: with sigmoid the hidden gradients vanish."
    ),
    question="Which gradients are zero when a hidden ReLU unit has a negative pre-activation?",
    answer=(
        r"All that pass through it. Its slope $f'(z)$ is 0, so its $\delta$ is 0, and so are the gradients of its bias "
        r"and of the weights into it. Its activation is 0 too, so the gradient of the weight that leaves it, "
        r"$\delta^{(2)} a$, is 0. If this is so for every datum, the unit is dead: no gradient step changes it."
    ),
    slips=(
        r"S2, Algorithm 3, last assignment: $a^{(l-1)} (\delta^{(l)})^T$ is the transpose of the gradient. Right, and "
        r"used here, is $\partial L/\partial W^{(l)} = \delta^{(l)} (a^{(l-1)})^T$, which has the shape of $W^{(l)}$.",
        r"S2, equation (2.7), prints $(f^{(l)})'$; the last layer's function $(f^{(L)})'$ is meant.",
        r"S2, derivation of (2.8): the bracket must include the bias, $\sum_k w_{jk} f(z_k) + b_j$ as a whole is "
        r"differentiated.",
        r"S2, formula for one weight: $\delta_j a_i$ should read $\partial L/\partial w_{ij} = \delta_i a_j$.",
        r"S1, after Definition 1.1.4, gives the component-wise activation the type $\mathbb{R}^k \to \mathbb{R}$; it "
        r"maps $\mathbb{R}^m \to \mathbb{R}^m$.",
    ),
)
