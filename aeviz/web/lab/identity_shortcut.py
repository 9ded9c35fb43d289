"""The identity shortcut: autoencoders with enough units copy, a bottleneck or sparsity stops that."""

import streamlit as st

from aeviz.web.components.identity_shortcut.component import IDENTITY_SHORTCUT
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.identity-shortcut"
_PLACE = (-3.0, 3.0)
COPIES = Numbers(
    "copies",
    (1, 1, 0.4, 1, 1.2, 1.8),
    (((0.0, 1.0), (0.0, 3.0), (0.0, 2.0), (0.01, 2.0), _PLACE, _PLACE),),
)
"""As `IDENTITY_SHORTCUT` lists them."""


@st.fragment
def show_identity_shortcut() -> None:
    """Show the autoencoder as the address has it; what the visitor changes goes into the address."""
    IDENTITY_SHORTCUT.show(COPIES.read(), key=_KEY, on_change=COPIES.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Identity shortcut",
    group="Dimension and compression",
    source=(
        "S3 (S. Chaki's slides), Sparse Autoencoders, equation (10); I. Goodfellow, Y. Bengio and A. Courville, Deep "
        "Learning, 2016, sections 14.1, 14.2 and 13.4; B. Olshausen and D. Field, Vision Research 37, 1997"
    ),
    show=show_identity_shortcut,
    notice=(
        "Four ReLU units copy every point, at error 0, and learn nothing of the data. Choose the bottleneck, then the "
        "sparse units."
    ),
    question="Four ReLU units copy at error 0. Does the L1 penalty on their code stop that? Move c.",
    answer=(
        "Not by itself. Multiply the code by c and divide the decoder's weights by c: the reconstruction is the "
        "same, and the penalty is c times as large, as near to 0 as you like. So the weights must be bounded: here "
        "the decoder of the sparse units consists of unit vectors, elsewhere weight decay does it. Then few units "
        "are active: one for a datum on a ray, two for a point between the rays, at a larger error and a larger "
        "penalty. With λ = 0 the three units along the rays copy, too: it is the penalty that stops it and not their "
        "number. A bottleneck of one unit stops it by its size, and fails where the data lie along three rays."
    ),
    slips=(
        "S3, Sparse Autoencoders, says that sparsity prevents the identity shortcut. The L1 penalty of equation (10) "
        "does so only where the decoder's weights cannot grow, which the slide does not ask for.",
        "S3, Sparse Autoencoders, explains a mean activation of unit j that equation (10) does not contain.",
    ),
)
