"""Dimension: the experiment on grids, shells, distances and Gaussians in many dimensions."""

import streamlit as st

from aeviz.web.components.dimension.component import DIMENSION
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.dimension"
SPACE = Numbers("space", (2, 3, 0.1), (((1.0, 100.0), (2.0, 10.0), (0.01, 0.5)),))
"""As `DIMENSION` lists them."""


@st.fragment
def show_dimension() -> None:
    """Show the four pictures as the address has them; what the visitor changes goes into the address."""
    DIMENSION.show(SPACE.read(), key=_KEY, on_change=SPACE.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Dimension",
    group="Dimension and compression",
    source="S2 (R. Grabovac's thesis), section 2.1, Figure 2.1",
    show=show_dimension,
    notice=(
        "Drag n from 2 to 100: ten points leave nearly all cells empty, the volume moves to the surface, all distances "
        "become alike, and a Gaussian has a hole in its middle."
    ),
    question="A VAE with 64 latent dimensions has the prior N(0, I). Is the origin a typical latent point?",
    answer=(
        r"No. The density is largest there, but nearly all samples have a length near $\sqrt{63} \approx 7.9$, within "
        r"about 0.7. A straight line between two samples passes nearer to the origin than the samples themselves, "
        "which is the reason for spherical interpolation. Data with few degrees of freedom escape the curse: "
        "they lie near a manifold of low dimension, which an autoencoder looks for."
    ),
    slips=(
        r"S2, section 2.1, calls the growth $O(n^M)$ of the coefficients exponential. It is polynomial in n, "
        r"exponential in M; the cells $k^n$ of the grid grow exponentially in n.",
        "S2, section 2.1, refers to Figure 2.6 for the grid; it is Figure 2.1.",
    ),
)
