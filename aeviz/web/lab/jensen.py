"""Jensen's inequality: a chord over a convex function, and the least KL divergence as the most likelihood."""

import streamlit as st

from aeviz.web.components.jensen.component import JENSEN
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.jensen"
_POINT = (-3.2, 5.0)
CHORD = Numbers(
    "chord",
    (0, 0.3, 4, 0.5, 1.2, 1, 30, 0),
    (((0.0, 3.0), _POINT, _POINT, (0.0, 1.0), (-3.0, 3.0), (0.5, 2.0), (1.0, 500.0), (0.0, 99.0)),),
)
"""As `JENSEN` lists them."""


@st.fragment
def show_jensen() -> None:
    """Show chord, p and q as the address has them; what the visitor changes goes into the address."""
    JENSEN.show(CHORD.read(), key=_KEY, on_change=CHORD.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Jensen's inequality",
    group="Information and probability",
    source=(
        "S2 (R. Grabovac's thesis), section 1.5, Definition 1.5.1, Theorem 1.5.2, equations (1.5) to (1.9); "
        "p = N(0, 1) and q = N(θ, σ²) are ours"
    ),
    show=show_jensen,
    notice=(
        r"The chord lies above a convex function, wherever a and b are. With more draws the mean of $-\ln q$ comes "
        "near KL + H(p): the same curve as KL, moved up by the entropy of p, with its minimum at the same place."
    ),
    question="Why does the θ of most likelihood also have the least KL divergence, although nobody knows p?",
    answer=(
        r"$\mathrm{KL}(p\|q_\theta) = E_p[-\ln q_\theta] - H(p)$, and $H(p)$ does not depend on $\theta$. The first "
        r"term is the expectation of $-\ln q_\theta$, which the mean over draws of p estimates without p itself. With "
        r"few draws its minimum is off: for a Gaussian it is the mean of the draws, about $1/\sqrt N$ from that of p."
    ),
    slips=(
        "S2, Definition 1.5.1, asks for the inequality at midpoints only. With continuity that is enough for every λ; "
        "without it there are functions that satisfy it at all midpoints and are not convex.",
        "S2, Theorem 1.5.2, says that f is convex if (1.5) holds. The proof of KL ≥ 0 needs the other direction: for "
        "a convex f (1.5) holds.",
        "S2, section 1.5, calls the KL divergence a metric. It is not symmetric, as the section itself says, and has "
        "no triangle inequality.",
    ),
)
