"""The spectral theorem: the covariance of the codes of a model, made diagonal by rotations."""

import numpy as np
import streamlit as st

from aeviz.lab.spectral import example
from aeviz.language import tr
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.spectral.component import SPECTRAL
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.spectral"
MODELS = "mlp-10d-amsgrad", "vae-10d", "msssim-vae-10d"
"""Shipped models with ten latent dimensions; their order is that of the address."""
ROTATIONS = Numbers("rotations", (0, 250, 3), (((0.0, 3.0), (0.0, 250.0), (0.0, 10.0)),))
"""As `SPECTRAL` lists them."""


@st.fragment
def show_spectral() -> None:
    """Show a covariance as the address has it; what the visitor changes goes into the address."""
    models = list_models()
    choices = [
        {"name": name, "matrix": _covariance(models[name])}
        for name in MODELS
        if name in models and models[name].has_latents and 2 <= models[name].config.model.latent_dim <= 10
    ]
    choices.append({"name": tr("no model: a random matrix"), "matrix": example().round(6).tolist()})
    SPECTRAL.show(
        ROTATIONS.read(),
        key=_KEY,
        on_change=ROTATIONS.writer(lambda: numbers_of(_KEY, CHANGED)),
        more={"choices": choices},
    )


@shared(max_entries=4)  # 100 numbers each
def _covariance(model: Model) -> list[list[float]]:
    covariance = np.cov(model.require_latents().z.astype(np.float64).T)
    rows: list[list[float]] = covariance.round(6).tolist()
    return rows


EXPERIMENT = Experiment(
    name="Spectral theorem",
    group="Information and probability",
    source=(
        "S2 (R. Grabovac's thesis), Theorem 1.1.9 and the equation after it, Proposition 1.1.7; the rotations are "
        "C. G. J. Jacobi's, 1846"
    ),
    show=show_spectral,
    notice=(
        "Press *Start*, then *Rotate* a few times: each rotation makes one pair of entries 0. At the end only the "
        "eigenvalues are left, and Q stays orthogonal throughout. Drag *k*."
    ),
    question="Why do rotations of two coordinates each prove the theorem?",
    answer=(
        r"A rotation in the plane of i and j that makes $a_{ij} = 0$ leaves the sum of all squared entries and "
        r"moves $2 a_{ij}^2$ of it to the diagonal. What is off the diagonal falls at least by the factor "
        r"$1 - 2/(n(n-1))$ where $a_{ij}$ is the largest, so that it tends to 0. The product of all rotations is the "
        r"orthogonal Q. The error of the sum of k terms, in the Frobenius norm, is $\sqrt{\lambda_{k+1}^2 + \dots + "
        r"\lambda_n^2}$, and no matrix of rank k is nearer: that is why PCA keeps the largest eigenvalues."
    ),
    slips=(
        "S2, section 1.1, says that the variance along an eigenvector is proportional to its eigenvalue. It is equal "
        "to it, by Proposition 1.1.7.",
        r"S2 writes $\Sigma^{-1}$ as the sum of $\tfrac{1}{\lambda_i} u_i u_i^T$ for any covariance. That needs every "
        "eigenvalue above 0: a collapsed dimension has none.",
    ),
)
