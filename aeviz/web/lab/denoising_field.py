"""Denoising as a vector field: the best denoiser of data on a curve points towards the curve."""

import streamlit as st

from aeviz.web.components.denoising_field.component import DENOISING_FIELD
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.denoising-field"
_PLACE, _SWITCH = (-3.0, 3.0), (0.0, 1.0)
FIELD = Numbers(
    "field",
    (0, 0.4, 2.4, -2, 200, 0, 0),
    (((0.0, 3.0), (0.05, 2.0), _PLACE, _PLACE, (2.0, 300.0), _SWITCH, _SWITCH),),
)
"""As `DENOISING_FIELD` lists them."""


@st.fragment
def show_denoising_field() -> None:
    """Show the field as the address has it; what the visitor changes goes into the address."""
    DENOISING_FIELD.show(FIELD.read(), key=_KEY, on_change=FIELD.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Denoising as a vector field",
    group="Latent variables",
    source=(
        "S3 (S. Chaki's slides), Denoising Autoencoders; G. Alain and Y. Bengio, What regularized auto-encoders learn "
        "from the data-generating distribution, JMLR 2014, arXiv:1211.4246; P. Vincent, A connection between score "
        "matching and denoising autoencoders, Neural Computation 2011"
    ),
    show=show_denoising_field,
    notice=(
        "The best denoiser moves each corrupted point towards the data. With little noise it ends on the curve, with "
        "much noise inside of it. Click to walk along the arrows."
    ),
    question="What does a denoising autoencoder learn beyond removing noise? Why not train it with much noise alone?",
    answer=(
        r"It learns where the data are dense: its arrows are $\sigma^2 \nabla \ln p_\sigma$, the slope of the "
        r"log-density of the corrupted data. With little noise they are right near the data only, and no training "
        r"point lies elsewhere; with much noise they reach far, but $\mathbb{E}[x \mid \tilde x]$ is a mean over "
        "distant data and leaves the curve: the circle shrinks, and at last all arrows point to the mean of the data. "
        "Let the noise fall along the walk: first far-reaching arrows, then exact ones. Diffusion models do this. "
        "With few data the walk ends at a datum: the best denoiser of a small training set has learned it by heart."
    ),
)
