"""Risk and empirical risk: polynomials fitted to a sample of a known distribution."""

import streamlit as st

from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.risk.component import RISK
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.risk"
SAMPLE = Numbers(
    "sample",
    (0, 9, 15, 0.4, 0, 0.05, 0.2),
    (((0.0, 1.0), (0.0, 12.0), (2.0, 200.0), (0.05, 1.0), (0.0, 99.0), (-1.0, 1.0), (-2.6, 2.6)),),
)
"""As `RISK` lists them."""


@st.fragment
def show_risk() -> None:
    """Show sample, polynomial and risks as the address has them; what the visitor changes goes into the address."""
    RISK.show(SAMPLE.read(), key=_KEY, on_change=SAMPLE.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Risk and empirical risk",
    group="Learning",
    source=(
        "S1 (M. Sevkovych's thesis), Definition 1.2.1, Example 1.2.2, Definitions 1.2.3 and 1.2.4. Ours: "
        "x is uniform on [-1, 1], y has a Laplace density about g(x), so that both risks have a closed form"
    ),
    show=show_risk,
    notice=(
        "A higher degree always lowers the empirical risk. The risk falls, then rises: overfitting. Drag *d* and *n* "
        "along their curves."
    ),
    question="Why may we not choose the degree by the empirical risk, and what do we use in place of the risk?",
    answer=(
        "The polynomial was chosen so that its error on these data is least, so that this error is too small an "
        "estimate of the risk. The larger class contains the smaller one: the highest degree always wins. The mean "
        "loss over data that took no part in the choice, a validation set, is an unbiased estimate of the risk. With "
        "more data the gap closes; what stays is the noise of y, and what polynomials of this degree cannot follow."
    ),
)
