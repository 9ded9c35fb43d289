"""Projection: the experiment with two points, a set and the norm of a matrix."""

import streamlit as st

from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.projection.component import PROJECTION
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.projection"
_PLACE, _EIGENVALUE = (-3.0, 3.0), (0.1, 9.0)
POINTS = Numbers(
    "projection",
    (0, 4.62, 0.38, 22.5, 2, 1, -0.5, 2),
    (((0.0, 2.0), _EIGENVALUE, _EIGENVALUE, (-180.0, 180.0), _PLACE, _PLACE, _PLACE, _PLACE),),
)
"""As `PROJECTION` lists them."""


@st.fragment
def show_projection() -> None:
    """Show set, points and norm as the address has them; what the visitor changes goes into the address."""
    PROJECTION.show(POINTS.read(), key=_KEY, on_change=POINTS.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Projection",
    group="Learning",
    source="S1 (M. Sevkovych's thesis), Definitions 1.2.11 and 1.2.12, Lemmas 1.2.13 and 1.2.16",
    show=show_projection,
    notice=(
        "Projections onto a convex set are never farther apart than the points, if distances are measured in the norm "
        "of the projection. By Euclid they can be: press *Try 2,000 pairs*."
    ),
    question="Which two hypotheses does the lemma need? Break each of them.",
    answer=(
        "The set must be convex, and both distances must be in the norm that the projection uses. Choose the circle "
        "and drag both points near its centre, on opposite sides: they land far apart. Keep the disc and measure by "
        "Euclid: with unequal eigenvalues some pairs move apart. A point of the set stays where it is: drag one "
        "inside. AMSGrad projects in the norm of its second moments so that the lemma can be used in its proof."
    ),
    slips=(
        r"S1, Definition 1.2.12 and Lemma 1.2.16, print $\min$ where the minimiser $\arg\min$ is meant.",
        r"S1, Definition 1.2.12, lets X be an arbitrary operator. Then $X^{1/2}$ need not exist; X must be symmetric "
        "and positive definite, and the set closed and convex for the projection to be one point.",
        r"S1, Definition 1.2.11, prints $\|x, y\|_\infty$ for $\|x - y\|_\infty$.",
        r"S1, Example 1.2.15, says that nothing is projected for X = I and $F = \mathbb{R}^d$; $F = \mathbb{R}^d$ "
        "alone is enough.",
        r"S1, proof of Theorem 1.2.17, uses the lemma with $Q = \hat V^{1/4}$; the norm belongs to $Q = \hat V^{1/2}$.",
    ),
)
