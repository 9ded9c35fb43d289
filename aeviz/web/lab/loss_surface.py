"""The loss surface of an autoencoder with two weights, and the squared error of one point."""

import streamlit as st

from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.loss_surface.component import LOSS_SURFACE
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.loss_surface"
_WEIGHT, _PLACE = (-1.8, 1.8), (-4.0, 4.0)
SURFACE = Numbers(
    "surface",
    (-0.25, 0.6, -1, 1.8, 0.5, 30, 0.05, 20),
    ((_WEIGHT, _WEIGHT, _PLACE, _PLACE, (0.05, 1.4), (-90.0, 90.0), (0.01, 0.5), (0.0, 100.0)),),
)
"""As `LOSS_SURFACE` lists them."""


@st.fragment
def show_loss_surface() -> None:
    """Show surface and data as the address has them; what the visitor changes goes into the address."""
    LOSS_SURFACE.show(SURFACE.read(), key=_KEY, on_change=SURFACE.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Loss surface",
    group="Dimension and compression",
    source=(
        "S3 (S. Chaki's slides), Loss Functions, equations (3) and (4); the autoencoder 2-1-2 with tied weights is "
        "ours, its critical points are those of P. Baldi and K. Hornik, 1989"
    ),
    show=show_loss_surface,
    notice=(
        "For one point the error is a bowl. Over the two weights of a linear autoencoder it has two minima, two "
        "saddles and a maximum. Drag w and x."
    ),
    question="What happens to the minima when the cloud becomes round, and where does descent from w = 0 go?",
    answer=(
        r"With equal variances, *data across* near 1.4, every direction is as good: the two minima become a ring "
        r"$|w| = 1$. At w = 0 the gradient is 0, so that descent stays there; the least noise sends it down. From a "
        r"point exactly on the second axis it ends at the saddle $\pm u_2$. All minima are global, and the loss there "
        r"is the variance across the line, $\lambda_2$: the same as that of PCA."
    ),
)
