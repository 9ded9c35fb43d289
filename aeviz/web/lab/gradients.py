"""REINFORCE against reparameterization: two estimators of a gradient through noise."""

import streamlit as st

from aeviz.web.components.gradients.component import GRADIENTS
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.gradients"
_SWITCH = (0.0, 1.0)
ESTIMATORS = Numbers(
    "estimators",
    (0, 2, 1, 8, 50, 0, 0, 0.8),
    (((0.0, 3.0), (-3.0, 3.0), (0.2, 2.0), (1.0, 12.0), (1.0, 200.0), _SWITCH, _SWITCH, (-3.0, 3.0)),),
)
"""As `GRADIENTS` lists them."""


@st.fragment
def show_gradients() -> None:
    """Show both estimators as the address has them; what the visitor changes goes into the address."""
    GRADIENTS.show(ESTIMATORS.read(), key=_KEY, on_change=ESTIMATORS.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="REINFORCE against reparameterization",
    group="Gradients through noise",
    source=(
        "S2 (R. Grabovac's thesis), section 3.5, equation (3.7), Figure 3.5; Y. Gal, Uncertainty in Deep Learning, PhD "
        "thesis, Cambridge 2016, section 3.1.2"
    ),
    show=show_gradients,
    notice=(
        "Both estimators have the same mean, the exact gradient. For $f(z) = z^2$ the gradients of REINFORCE scatter "
        "far more. Drag z."
    ),
    question="Why does a VAE use reparameterization, and when would REINFORCE be better?",
    answer=(
        r"Reparameterization uses the slope $f'(z)$, REINFORCE only the value $f(z)$. For $z^2$ the variances for "
        r"$\mu$ are $4\sigma^2$ and $\mu^4/\sigma^2 + 14\mu^2 + 15\sigma^2$: at $\mu = 2$, $\sigma = 1$ they are 4 and "
        "87. A baseline helps: a constant added to f changes nothing in reparameterization and much in REINFORCE. If f "
        r"oscillates quickly, its slope is large although its values are not: for $\sin(kz)$ the variance of "
        r"reparameterization grows like $k^2/2$ and that of REINFORCE stays near $1/(2\sigma^2)$. REINFORCE also works "
        "for discrete z, where no slope exists."
    ),
    slips=(
        r"S2, section 3.5, Algorithm 4, print $z = \mu + \sigma^2\varepsilon$. Right is $z = \mu + \sigma\varepsilon$; "
        r"the standard deviation is $\sigma$.",
        "S2, Figure 3.5, names neither q, nor its start, nor the step size. Here: the start beside the picture, step "
        "size 0.02, descent by reparameterization.",
    ),
)
