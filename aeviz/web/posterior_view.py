"""What a variational autoencoder says in each latent dimension: KL bars, and posterior collapse in words."""

import math

import streamlit as st

from aeviz.figures.charts import kl_bars
from aeviz.scales import kl_scales
from aeviz.training.runs import Evaluation, RunFolder

COLLAPSED = 0.01
"""Nats an image below which a dimension carries nothing: its posterior is the prior whatever the image."""
MOST_NAMED = 12
"""Dead dimensions that are named; of more only the number is told."""


def show_posteriors(runs: list[RunFolder]) -> None:
    """Show the divergence by dimension of the variational models among `runs`, and what the KL weight means."""
    measured = {
        run.name: (run, found)
        for run in runs
        if run.config.model.is_variational and (found := run.evaluation()) is not None and found.kl_per_dimension
    }
    if not measured:
        return
    st.subheader("What each latent dimension says")
    st.plotly_chart(
        kl_bars({name: found.kl_per_dimension for name, (_, found) in measured.items()}),
        key="kl-bars",
        config={"displayModeBar": False},
        alt="KL divergence by latent dimension: "
        + "; ".join(
            f"{name}: " + ", ".join(f"{nats:.2f}" for nats in sorted(found.kl_per_dimension, reverse=True)[:MOST_NAMED])
            for name, (_, found) in measured.items()
        ),
    )
    for name, (run, found) in measured.items():
        st.markdown(f"**{name}**: {_verdict(found)}{_bound(found)}  \n:small[{describe_scales(run)}]")
    st.caption(
        "The KL divergence of a dimension is how far its posteriors lie from the prior N(0, 1), averaged over the test "
        "images: what the dimension tells of an image, in nats (1 nat is 1.44 bits). Where it is 0 the decoder learns "
        "nothing from it: the posterior has collapsed."
    )


def _verdict(found: Evaluation) -> str:
    nats = found.kl_per_dimension
    dead = [f"z{place + 1}" for place, value in enumerate(nats) if value < COLLAPSED]
    told = f"{sum(nats):.1f} nats an image in all. "
    if not dead:
        return told + "No dimension has collapsed."
    if len(dead) == len(nats):
        return (
            told
            + "**All dimensions have collapsed**: every image gets the prior, and the decoder draws one mean image."
        )
    names = ", ".join(dead) if len(dead) <= MOST_NAMED else f"{len(dead)} dimensions"
    return f"{told}**{len(dead)} of {len(nats)} dimensions have collapsed** ({names}): they carry nothing."


def _bound(found: Evaluation) -> str:
    if found.elbo is None:
        return " Its objective is no likelihood, so it has no ELBO."
    better = ""
    if found.log_likelihood_bound is not None:
        better = f"; the importance-weighted bound of 50 samples is {found.log_likelihood_bound:,.1f}"
    return f" ELBO {found.elbo:,.1f} nats an image{better}."


def describe_scales(run: RunFolder) -> str:
    """Say what the KL weight of a variational model is on the scales that papers use."""
    config = run.config
    scales = kl_scales(config.objective, config.model.latent_dim, math.prod(config.model.image_shape))
    if scales is None:
        return "Its KL has no weight in the objective." if config.objective.kl_weight == 0 else "Only its KL counts."
    if config.objective.reconstruction == "bce":
        return (
            f"KL weight {scales.of_mean_kl:.3g} on the mean over dimensions, {scales.of_sum_kl:.3g} on their sum, both "
            f"beside the mean cross-entropy; that is beta = {scales.beta_of_bernoulli:.3g} beside the cross-entropy "
            f"summed over pixels (1 is the ELBO of a Bernoulli decoder), and Snell's C = {scales.snell_c:,.0f}."
        )
    if config.objective.reconstruction != "mse":
        return f"KL weight {scales.of_sum_kl:.3g} on nats an image (C = {scales.snell_c:,.0f} of Snell et al.)."
    return (
        f"KL weight {scales.of_mean_kl:.3g} on the mean over dimensions, {scales.of_sum_kl:.3g} on their sum, both "
        f"beside the mean squared error; that is beta = {scales.beta:.3g} beside half the summed squared error, the "
        f"ELBO of a Gaussian decoder of variance {scales.variance:.3g}, and Snell's C = {scales.snell_c:,.0f}."
    )
