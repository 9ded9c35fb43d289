"""Moments and bias correction: the experiment with Adam's running means."""

import streamlit as st

from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.moments.component import MOMENTS
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.moments"
STREAM = Numbers(
    "moments",
    (1, 0.5, 2, 2, 1, 0, 0, 0),
    (((-2.0, 2.0), (0.0, 2.0), (0.0, 3.0), (0.0, 2.0), (1.0, 200.0), (0.0, 99.0), (0.0, 3.0), (0.0, 1.0)),),
)
"""As `MOMENTS` lists them."""


@st.fragment
def show_moments() -> None:
    """Show the moments as the address has them; what the visitor changes goes into the address."""
    MOMENTS.show(STREAM.read(), key=_KEY, on_change=STREAM.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Moments and bias correction",
    group="Learning",
    source="S1 (M. Sevkovych's thesis), Definition 1.2.9, Remark 1.2.10, Algorithms 1 and 3; S2, Algorithm 2",
    show=show_moments,
    notice=(
        "Both running means start at 0, so the raw ones are too small at first, v for longer than m. Without the "
        "correction Adam's first steps are too large. Under the root a small ε counts like its root."
    ),
    question="With the usual betas, 0.9 and 0.999, how large is Adam's first step without the correction?",
    answer=(
        r"$m_1 = (1-\beta_1) g$ and $v_1 = (1-\beta_2) g^2$, so the step is $\alpha (1-\beta_1)/\sqrt{1-\beta_2}$, "
        r"which is $3.16 \alpha$, whatever g is. With the correction it is $\alpha$. The step grows further while v "
        r"lags behind m: its largest value for a constant gradient is about $6.6 \alpha$, at t = 12."
    ),
    slips=(
        "S1, before Definition 1.2.11, says that AMSGrad takes the maximum of past squared gradients. It takes the "
        "maximum of their running means. Comments in Algorithm 3 call this a bias correction; it corrects none.",
        r"S2, Algorithm 2, divides by $\sqrt{\hat v + \varepsilon}$; Adam divides by $\sqrt{\hat v} + \varepsilon$. "
        r"With $\varepsilon = 10^{-8}$ under the root a gradient near 0 is divided by at least $10^{-4}$.",
    ),
)
