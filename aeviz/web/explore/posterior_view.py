"""A variational autoencoder by latent dimension: KL bars, posterior collapse, aggregate posterior."""

import itertools

import streamlit as st

from aeviz.analysis.posterior import PriorMatch
from aeviz.figures.charts import kl_bars, prior_densities
from aeviz.training.run_records import Evaluation
from aeviz.web.kernel import posteriors
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.scales import describe_scales
from aeviz.web.kernel.text import escape, format_with_error

COLLAPSED = 0.01
"""Nats an image below which a dimension carries nothing: its posterior is the prior whatever the image."""
MOST_NAMED = 12
"""Dimensions whose divergence is told to those who do not see the bars."""
WIDE, NARROW = 1.25, 0.8
"""Standard deviation of all posteriors together, over that of the prior, beyond which they are too wide or narrow."""


def show_posteriors(runs: list[Model], *, encodes: bool) -> None:
    """Show the divergence by dimension of the variational models among `runs`, and what the KL weight means.

    Args:
        runs: The models.
        encodes: Whether a model that has not kept its encoded test images may encode them, which can take minutes.
    """
    measured = {
        model.name: (model, found)
        for model in runs
        if model.config.model.is_variational and (found := model.evaluation) is not None and found.kl_per_dimension
    }
    if not measured:
        return
    st.subheader("KL divergence of each latent dimension")
    show_figure(
        kl_bars({name: found.kl_per_dimension for name, (_, found) in measured.items()}),
        key="kl-bars",
        alt="KL divergence by latent dimension: "
        + "; ".join(
            f"{name}: " + ", ".join(f"{nats:.2f}" for nats in sorted(found.kl_per_dimension, reverse=True)[:MOST_NAMED])
            for name, (_, found) in measured.items()
        ),
    )
    for name, (model, found) in measured.items():
        st.markdown(f"**{escape(name)}**: {_verdict(model, found)}{_bound(found)}  \n:small[{describe_scales(model)}]")
    st.caption(
        "How far the posterior of a dimension is from its prior, averaged over the test images, in nats (1 nat = "
        f"1.44 bits). It measures the information about the image. Below {COLLAPSED} the posterior has collapsed: "
        "the dimension carries no information."
    )
    ready = {name: pair for name, pair in measured.items() if encodes or pair[0].has_latents}
    _show_against_prior({name: pair for name, pair in ready.items() if posteriors.has_posteriors(pair[0])})


def _verdict(model: Model, found: Evaluation) -> str:
    nats = found.kl_per_dimension
    dead = [place for place, value in enumerate(nats) if value < COLLAPSED]
    told = f"{sum(nats):.1f} nats per image in total. "
    if not dead:
        return told + "No dimension has collapsed."
    if len(dead) == len(nats):
        trained = model.config.objective.reconstruction_weight > 0
        drawn = "one image, the mean of all" if trained else ("noise: its weights were never trained to reconstruct")
        return (
            f"{told}**All dimensions have collapsed**: every posterior equals the prior, and the decoder "
            f"outputs {drawn}."
        )
    verb, rest = ("has", "it carries") if len(dead) == 1 else ("have", "they carry")
    return (
        f"{told}**{len(dead)} of {len(nats)} dimensions {verb} collapsed** ({name_dimensions(dead)}): {rest} less "
        f"than {COLLAPSED} nats each. By the variance of their means, {found.active_units} are active: a mean can "
        "vary a little although the posterior is as wide as the prior."
    )


def name_dimensions(places: list[int]) -> str:
    """Name dimensions by rising place, three and more in a row as a range: z2, z5 to z9."""
    parts = []
    for _, row in itertools.groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        names = [f"z{place + 1}" for _, place in row]
        parts.append(f"{names[0]} to {names[-1]}" if len(names) > 2 else ", ".join(names))
    return ", ".join(parts)


def _bound(found: Evaluation) -> str:
    if found.elbo is None:
        return " Its loss is not a log-likelihood, so it has no ELBO."
    better = ""
    if found.bound_gain is not None:
        better = (
            f"; importance-weighted bound ({found.importance_samples or 50} samples) minus ELBO, on the same images: "
            f"{format_with_error(found.bound_gain, found.bound_gain_error)}"
        )
    return f" ELBO {format_with_error(found.elbo, found.elbo_error)} nats per image{better}."


@st.fragment
def _show_against_prior(measured: dict[str, tuple[Model, Evaluation]]) -> None:
    """Show the mixture of all posteriors beside the prior along one dimension of each model, and what it means."""
    with errors_as_messages():
        if not measured:
            return
        st.subheader("Aggregate posterior and prior")
        most = max(len(found.kl_per_dimension) for _, found in measured.values())
        rank = 1
        if most > 1:
            rank = st.selectbox(
                "Dimension (most informative first)",
                list(range(1, most + 1)),
                key="rank",
                bind="query-params",
                width=300,
                help="1 is the dimension with the largest KL divergence, the first bar above.",
            )
        chosen = {
            name: (model, _informative(found)[rank - 1])
            for name, (model, found) in measured.items()
            if rank <= len(found.kl_per_dimension)
        }
        spans = [posteriors.posterior_span(model, place) for model, place in chosen.values()]
        low, high = min(low for low, _ in spans), max(high for _, high in spans)
        matches = {
            f"{name}, z{place + 1}": posteriors.prior_match(model, place, low, high)
            for name, (model, place) in chosen.items()
        }
        show_figure(
            prior_densities(matches, " and ".join(dict.fromkeys(f"z{place + 1}" for _, place in chosen.values()))),
            key="against-prior",
            alt="Densities of the aggregate posterior and the prior: "
            + "; ".join(f"{name}: {_moments(match)}" for name, match in matches.items()),
        )
        for (name, match), (model, place) in zip(matches.items(), chosen.values(), strict=True):
            nats = posteriors.prior_distance(model)
            found = measured[model.name][1]
            each = " (for each class, to its own prior)" if model.config.model.prior == "anchored" else ""
            st.markdown(
                f"**{escape(name)}**: {_moments(match)}. "
                f"{_meaning(match, found.kl_per_dimension[place] < COLLAPSED)}  \nAll dimensions: a Gaussian fitted "
                f"to the aggregate posterior is **{nats:.2f} nats** from the prior{each}. At 0, mean and "
                "covariance agree."
            )
        st.caption(
            "The aggregate posterior q(z) is the mixture of all posteriors; new images are sampled from the prior "
            "p(z). Where p(z) is high and q(z) low, there is a hole: the decoder was not trained there. Where "
            "q(z) is high and p(z) low, images are hardly ever sampled."
        )


def _informative(found: Evaluation) -> list[int]:
    """Return the latent dimensions by falling divergence."""
    return sorted(range(len(found.kl_per_dimension)), key=lambda place: -found.kl_per_dimension[place])


def _moments(match: PriorMatch) -> str:
    (mean, deviation), (prior_mean, prior_deviation) = match.moments, match.prior_moments
    return (
        f"mean {mean:.2f}, standard deviation {deviation:.2f} (prior: {prior_mean:.2f}, {prior_deviation:.2f}); "
        f"the densities overlap by {match.shared:.0%}"
    )


def _meaning(match: PriorMatch, collapsed: bool) -> str:
    """Say what the match of one dimension means for images drawn from the prior."""
    (mean, deviation), (prior_mean, prior_deviation) = match.moments, match.prior_moments
    ratio, offset = deviation / prior_deviation, abs(mean - prior_mean) / prior_deviation
    if collapsed:
        return "They agree because every posterior equals the prior: the dimension has **collapsed**."
    if ratio > WIDE:
        return f"**Too wide**, {ratio:.1f} times the prior: samples from the prior miss the images far from its mean."
    if ratio < NARROW:
        return f"**Too narrow**, {ratio:.2f} times the prior: many samples from the prior are out of distribution."
    if offset > 0.5:
        return "**Shifted**: many samples from the prior are out of distribution."
    if match.shared < 0.85:
        return "Same width, different shape: samples where q(z) is low are out of distribution."
    return "A good match: in this dimension, samples from the prior fall where the images are."
