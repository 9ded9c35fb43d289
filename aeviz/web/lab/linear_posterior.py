"""Probabilistic PCA: the posterior of a linear decoder, where ln p(x) and both gaps have closed forms."""

import math
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from aeviz.figures.true_posterior import bound_bars, name_bounds, posterior_plane
from aeviz.lab.gaussian_bounds import importance_bound, importance_weights
from aeviz.lab.plane_integral import Box, integrate
from aeviz.lab.probabilistic_pca import LinearDecoder, family_gap, shifted, two_columns
from aeviz.lab.true_posterior import DRAWS, SAMPLES
from aeviz.language import current_language, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.experiments import Experiment

_BOX = Box(low=(-6.0, -6.0), side=12.0, n=48)
_SHOWN = 50
"""Draws on the plane."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    log_evidence: float
    on_grid: float
    """The same by integration."""
    correlation: float
    amortization: float
    family: float
    plane: go.Figure
    bars: go.Figure


@shared(max_entries=64)  # 0.1 MB each
def _find(degrees: int, deviation: float, first: float, error: float, language: str) -> _Found:
    decoder = LinearDecoder(weight=two_columns(math.radians(degrees)), deviation=deviation)
    x = np.array([first, 0.5])
    best = decoder.best_diagonal(x)
    q = shifted(best, error)
    noise = np.random.default_rng(0).standard_normal((DRAWS, 2))
    draws, weights = importance_weights(lambda points: decoder.log_joint(x, points), q, noise)
    posterior = integrate(lambda points: decoder.log_joint(x, points), _BOX)
    evidence, amortization, family = decoder.log_evidence(x), error**2 / 2, family_gap(decoder.correlation)
    sampled = {samples: importance_bound(weights, samples) for samples in SAMPLES}
    bounds = name_bounds(evidence - amortization - family, sampled, (evidence - family, evidence))
    return _Found(
        log_evidence=evidence,
        on_grid=posterior.log_evidence,
        correlation=decoder.correlation,
        amortization=amortization,
        family=family,
        plane=posterior_plane(posterior, q, best, draws[:_SHOWN], weights[:_SHOWN]),
        bars=bound_bars(bounds, evidence),
    )


@st.fragment
def show_linear_posterior() -> None:
    """Let the visitor set decoder, image and encoder; show the posterior and the parts of the gap."""
    first, second, third, fourth = st.columns(4, gap="medium")
    with first:
        degrees = st.slider(
            tr("Angle of W's columns, °"), 5, 90, 25, key="angle", bind="query-params", help=tr("5 to 90 degrees.")
        )
    with second:
        deviation = st.slider(
            tr("Noise s"), 0.1, 2.0, 0.5, 0.05, key="noise", bind="query-params", help=tr("0.1 to 2.")
        )
    with third:
        pixel = st.slider(
            tr("Pixel x1"), -2.0, 2.0, 1.5, 0.1, key="pixel", bind="query-params", help=tr("-2 to 2; x2 = 0.5.")
        )
    with fourth:
        error = st.slider(
            tr("Encoder's error"),
            0.0,
            3.0,
            1.5,
            0.1,
            key="error",
            bind="query-params",
            help=tr("0 to 3: by how many of its standard deviations q lies off along z1."),
        )
    found = _find(int(degrees), float(deviation), float(pixel), float(error), current_language())
    left, right = st.columns([5, 6], gap="medium")
    with left:
        show_figure(
            found.plane,
            key="linear-posterior",
            alt=tr(
                "Latent plane: posterior of correlation {correlation:.2f} and the encoder's Gaussian",
                correlation=found.correlation,
            ),
        )
    with right:
        st.latex(_formula(found, float(error)))
        elbo = found.log_evidence - found.amortization - found.family
        alt = tr("ELBO {elbo:.2f}, ln p(x) {evidence:.2f}", elbo=elbo, evidence=found.log_evidence)
        show_figure(found.bars, key="linear-bounds", alt=alt)
    st.markdown(
        tr(
            "Closed form: ln p(x) = **{closed:.4f}**. Integrated on the grid: **{integrated:.4f}**, as for the network "
            "in *True posterior of a VAE*.",
            closed=found.log_evidence,
            integrated=found.on_grid,
        )
    )


def _formula(found: _Found, error: float) -> str:
    """Return the parts with their values; the ELBO is the sum of the rounded ones, so that it can be checked."""
    evidence, first, second = (round(value, 3) for value in (found.log_evidence, found.amortization, found.family))
    return (
        r"\begin{aligned} \ln p(x) &= \ln N(x;\, 0,\, W W^\top + s^2 I) = "
        rf"{evidence:.3f} \\ \text{{{tr('amortization')}}} &= \tfrac12 e^2 = \tfrac12 \cdot {error:.1f}^2 = "
        rf"{first:.3f} \\ \text{{{tr('family')}}} &= -\tfrac12 \ln(1 - \rho^2) = "
        rf"-\tfrac12 \ln(1 - {abs(found.correlation):.3f}^2) = {second:.3f} \\ \mathrm{{ELBO}} &= "
        rf"{evidence:.3f} - {first:.3f} - {second:.3f} = {evidence - first - second:.3f} \end{{aligned}}"
    )


EXPERIMENT = Experiment(
    name="Probabilistic PCA",
    group="ELBO",
    source=(
        "S2 (R. Grabovac's thesis), sections 3.3 and 3.4, Figures 3.3 and 3.4, for a linear decoder; Tipping and "
        "Bishop 1999"
    ),
    show=show_linear_posterior,
    notice=(
        "Turn the columns of W towards each other: the posterior tilts, and a Gaussian without correlation misses more "
        "of it."
    ),
    question="Change the pixel x1. ln p(x) changes; why does the gap of the ELBO stay?",
    answer=(
        "The posterior of a linear decoder has the same covariance for every image: (I + WᵀW/s²)⁻¹; x moves its mean "
        "alone. So the best q has one shape for all images, and a linear encoder finds its mean. With a network as "
        "decoder the shape changes from image to image, and the encoder must tell it, too."
    ),
)
"""The gap of the ELBO in closed form."""
