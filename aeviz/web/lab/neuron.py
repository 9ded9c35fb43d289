"""Activation functions: the experiment with their derivatives, one neuron, and a sum of ReLUs."""

import streamlit as st

from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.neuron.component import NEURON
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.neuron"
_PLACE = (-3.0, 3.0)
NEURON_NUMBERS = Numbers(
    "neuron",
    (0, 0.01, 1.5, 1, -0.5, 1, 0.5, 6),
    (((0.0, 5.0), (0.0, 2.0), _PLACE, _PLACE, (-6.0, 6.0), _PLACE, _PLACE, (1.0, 40.0)),),
)
"""As `NEURON` lists them."""


@st.fragment
def show_neuron() -> None:
    """Show function, neuron and sum as the address has them; what the visitor changes goes into the address."""
    NEURON.show(NEURON_NUMBERS.read(), key=_KEY, on_change=NEURON_NUMBERS.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Activation functions",
    group="Neurons and layers",
    source=(
        "S1 (M. Sevkovych's thesis), Definitions 1.1.1, 1.1.3 and 1.1.4, Example 1.1.2; S2 (R. Grabovac's thesis), "
        "sections 2.2 and 2.6, equations (2.2) and (2.3), Figures 2.2, 2.3 and 2.8, Table 2.1"
    ),
    show=show_neuron,
    notice=(
        "A neuron is constant along the dashed line. Drag x far from it: the derivative of sigmoid and tanh goes to 0 "
        "on both sides (saturation), that of ReLU on one side."
    ),
    question="Why can a layer of ReLUs approximate every continuous function on an interval?",
    answer=(
        "A sum of ReLUs is a polygon: each ReLU changes the slope at its bend. A polygon through enough points of a "
        "continuous function is as close to it as one likes. With K equal pieces the error of a smooth function falls "
        "as 1/K². A network learns the places of the bends, too, and needs fewer where the function is nearly straight."
    ),
    slips=(
        "S2, section 2.2, refers to Figure 2.5 for the graphs; they are in Figure 2.3. Section 2.6 refers to Figure "
        "2.6 for the derivatives; they are in Figure 2.8.",
        r"S2, Table 2.1, calls ELU smooth. Its derivative is continuous at 0 only for $\alpha = 1$: from the left it "
        r"is $\alpha$, from the right 1.",
        "S2, section 2.6, says that ReLU avoids saturation. It does for positive values; for negative ones its "
        "derivative is 0.",
    ),
)
