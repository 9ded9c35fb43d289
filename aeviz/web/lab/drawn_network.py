"""Networks as drawings: the experiment with the networks that S1 draws, computing."""

import streamlit as st

from aeviz.web.components.drawn_network.component import DRAWN_NETWORK
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.drawn_network"
_HEAD = ((0.0, 4.0), (0.0, 3.0), (0.0, 99.0)) + ((-3.0, 3.0),) * 5
DRAWING = Numbers(
    "drawing",
    (0, 0, 0, 1, -0.5, 0.5, 0.2, -1),
    [_HEAD + ((0.0, 7.0),) * widths for widths in range(27)],
)
"""As `DRAWN_NETWORK` lists them."""


@st.fragment
def show_drawn_network() -> None:
    """Show the network as the address has it; what the visitor changes goes into the address."""
    DRAWN_NETWORK.show(DRAWING.read(), key=_KEY, on_change=DRAWING.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Networks as drawings",
    group="Neurons and layers",
    source=(
        "S1 (M. Sevkovych's thesis), Definitions 1.1.4, 1.1.5, 2.1.1, 2.1.2 and 2.1.5, Lemma 2.1.3, Theorem 2.1.4, "
        "Figures 1.1, 2.1, 2.2 and 2.3; S2 (R. Grabovac's thesis), Definition 2.3.1, Figure 2.4"
    ),
    show=show_drawn_network,
    notice=(
        "Every node is a neuron and every edge a weight. Drag an input and follow its value. The autoencoder is the "
        "encoder, then the decoder; or compose your own."
    ),
    question="The drawing 4-3-4-5-3-7-2 has how many weights and biases, and what is its depth?",
    answer=(
        r"A layer from n to m units has $(n + 1) m$ parameters: n weights and one bias for each unit. Together 118, "
        "and the depth is 6: the input is no layer. Composing networks adds their depths and joins their parameters: "
        "encoder 47 and decoder 50 make the autoencoder's 97. With the identity as activation the whole network is "
        "one affine map."
    ),
    slips=(
        "S1, Definition 1.1.5, has L + 1 widths for depth L; Definitions 2.1.1 and 2.1.2 and Lemma 2.1.3 use L.",
        "S1, Theorem 2.1.4: the proof ends with the depth as a sum of N - 1 terms. There are N networks and N terms.",
        r"S2, Definition 2.3.1, prints $M^{(l)} = N^{(l-1)}$; the inputs of a layer are the outputs of the one before, "
        r"$N^{(l)} = M^{(l-1)}$.",
    ),
)
