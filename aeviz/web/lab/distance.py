"""Mahalanobis against Euclidean distance: the experiment with a movable covariance and two points."""

import streamlit as st

from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.mahalanobis.component import CHANGED, mahalanobis
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.mahalanobis"
_DEVIATION, _PLACE = (0.3, 3.0), (-5.5, 5.5)
CLOUD = Numbers(
    "cloud",
    (1.89, 0.66, 25.0, 2.0, 1.0, 2.0, -1.0),
    ((_DEVIATION, _DEVIATION, (-180.0, 180.0), _PLACE, _PLACE, _PLACE, _PLACE),),
)
"""Standard deviations along both axes, the angle of the first in degrees, then both coordinates of A and B."""


@st.fragment
def show_distance() -> None:
    """Show the cloud and both points as the address has them; what the visitor changes goes into the address."""
    mahalanobis(CLOUD.read(), key=_KEY, on_change=CLOUD.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Mahalanobis distance",
    group="Information and probability",
    source=(
        "S2 (R. Grabovac's thesis), Definitions 1.1.4, 1.1.5, 1.1.8 and 1.1.10, Propositions 1.1.6 and 1.1.7, "
        "Theorem 1.1.9, equation (1.2), Figure 1.2"
    ),
    show=show_distance,
    notice=(
        "A and B are equally far from the mean by a ruler, but not in standard deviations of the cloud: B lies where "
        "it is thin. Drag A, B and the axes."
    ),
    question="For which clouds do both distances agree for every point?",
    answer=(
        r"For a cloud whose covariance is the identity, $\Sigma = I$: press *Round cloud*. With $\Sigma = \sigma^2 I$ "
        r"they agree up to the factor $\sigma$. In one dimension the Mahalanobis distance is the absolute Z-score, "
        r"$|x - \mu| / \sigma$. Whitening makes the identity of any covariance: the Mahalanobis distance is the "
        "Euclidean distance after whitening."
    ),
    slips=(
        r"S2, Figure 1.2, draws the principal components as $\lambda_i u_i$. One standard deviation of the cloud along "
        r"$u_i$ is $\sqrt{\lambda_i}$, where the ellipse of distance 1 ends; this page draws that.",
    ),
)
