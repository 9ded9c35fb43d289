"""A variational autoencoder by latent dimension: KL bars, posterior collapse, aggregate posterior."""

import itertools
from collections.abc import Iterable

import streamlit as st

from aeviz.analysis.posterior import PriorMatch
from aeviz.figures.charts import kl_bars, prior_densities
from aeviz.language import mark, number, tr, trn
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
    st.subheader(tr("KL divergence of each latent dimension"))
    show_figure(
        kl_bars({name: found.kl_per_dimension for name, (_, found) in measured.items()}),
        key="kl-bars",
        alt=tr(
            "KL divergence by latent dimension: {values}",
            values="; ".join(
                f"{name}: "
                + ", ".join(number(nats, ".2f") for nats in sorted(found.kl_per_dimension, reverse=True)[:MOST_NAMED])
                for name, (_, found) in measured.items()
            ),
        ),
    )
    for name, (model, found) in measured.items():
        st.markdown(f"**{escape(name)}**: {_verdict(model, found)}{_bound(found)}  \n:small[{describe_scales(model)}]")
    st.caption(
        tr(
            "How far the posterior of a dimension is from its prior, averaged over the test images, in nats (1 nat = "
            "1.44 bits). It measures the information about the image. Below {limit} the posterior has collapsed: the "
            "dimension carries no information.",
            limit=COLLAPSED,
        )
    )
    ready = {name: pair for name, pair in measured.items() if encodes or pair[0].has_latents}
    _show_against_prior({name: pair for name, pair in ready.items() if posteriors.has_posteriors(pair[0])})


def _verdict(model: Model, found: Evaluation) -> str:
    nats = found.kl_per_dimension
    dead = [place for place, value in enumerate(nats) if value < COLLAPSED]
    told = tr("{nats:.1f} nats per image in total.", nats=sum(nats)) + " "
    if not dead:
        return told + tr("No dimension has collapsed.")
    if len(dead) == len(nats):
        if model.config.objective.reconstruction_weight > 0:
            return told + tr(
                "**All dimensions have collapsed**: every posterior equals the prior, and the decoder outputs one "
                "image, the mean of all."
            )
        return told + tr(
            "**All dimensions have collapsed**: every posterior equals the prior, and the decoder outputs noise: its "
            "weights were never trained to reconstruct."
        )
    return told + trn(
        "**{count} of {all} dimensions has collapsed** ({names}): it carries less than {limit} nats each. By the "
        "variance of their means, {active} are active: a mean can vary a little although the posterior is as wide as "
        "the prior.",
        "**{count} of {all} dimensions have collapsed** ({names}): they carry less than {limit} nats each. By the "
        "variance of their means, {active} are active: a mean can vary a little although the posterior is as wide as "
        "the prior.",
        len(dead),
        all=len(nats),
        names=name_dimensions(dead),
        limit=COLLAPSED,
        active=found.active_units,
    )


def name_dimensions(places: list[int]) -> str:
    """Name dimensions by rising place, three and more in a row as a range: z2, z5 to z9."""
    parts = []
    for _, row in itertools.groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        names = [f"z{place + 1}" for _, place in row]
        parts.append(tr("{first} to {last}", first=names[0], last=names[-1]) if len(names) > 2 else ", ".join(names))
    return ", ".join(parts)


def _bound(found: Evaluation) -> str:
    if found.elbo is None:
        return " " + tr("Its loss is not a log-likelihood, so it has no ELBO.")
    elbo = format_with_error(found.elbo, found.elbo_error)
    if found.bound_gain is None:
        return " " + tr("ELBO {elbo} nats per image.", elbo=elbo)
    return " " + tr(
        "ELBO {elbo} nats per image; importance-weighted bound ({samples} samples) minus ELBO, on the same images: "
        "{gain}.",
        elbo=elbo,
        samples=found.importance_samples or 50,
        gain=format_with_error(found.bound_gain, found.bound_gain_error),
    )


@st.fragment
def _show_against_prior(measured: dict[str, tuple[Model, Evaluation]]) -> None:
    """Show the mixture of all posteriors beside the prior along one dimension of each model, and what it means."""
    with errors_as_messages():
        if not measured:
            return
        st.subheader(tr("Aggregate posterior and prior"))
        most = max(len(found.kl_per_dimension) for _, found in measured.values())
        rank = 1
        if most > 1:
            rank = st.selectbox(
                tr("Dimension (most informative first)"),
                list(range(1, most + 1)),
                key="rank",
                bind="query-params",
                width=300,
                help=tr("1 is the dimension with the largest KL divergence, the first bar above."),
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
            prior_densities(matches, _listed(dict.fromkeys(f"z{place + 1}" for _, place in chosen.values()))),
            key="against-prior",
            alt=tr(
                "Densities of the aggregate posterior and the prior: {values}",
                values="; ".join(f"{name}: {_moments(match)}" for name, match in matches.items()),
            ),
        )
        for (name, match), (model, place) in zip(matches.items(), chosen.values(), strict=True):
            nats = posteriors.prior_distance(model)
            found = measured[model.name][1]
            whole = mark(
                "All dimensions: a Gaussian fitted to the aggregate posterior is **{nats:.2f} nats** from the prior. "
                "At 0, mean and covariance agree."
            )
            if model.config.model.prior == "anchored":
                whole = mark(
                    "All dimensions: a Gaussian fitted to the aggregate posterior is **{nats:.2f} nats** from the "
                    "prior (for each class, to its own prior). At 0, mean and covariance agree."
                )
            meaning = _meaning(match, found.kl_per_dimension[place] < COLLAPSED)
            st.markdown(f"**{escape(name)}**: {_moments(match)}. {meaning}  \n{tr(whole, nats=nats)}")
        st.caption(
            tr(
                "The aggregate posterior q(z) is the mixture of all posteriors; new images are sampled from the prior "
                "p(z). Where p(z) is high and q(z) low, there is a hole: the decoder was not trained there. Where "
                "q(z) is high and p(z) low, images are hardly ever sampled."
            )
        )


def _listed(names: Iterable[str]) -> str:
    """Return the names of one or two axes."""
    first, *others = names
    return tr("{first} and {second}", first=first, second=others[0]) if others else first


def _informative(found: Evaluation) -> list[int]:
    """Return the latent dimensions by falling divergence."""
    return sorted(range(len(found.kl_per_dimension)), key=lambda place: -found.kl_per_dimension[place])


def _moments(match: PriorMatch) -> str:
    (mean, deviation), (prior_mean, prior_deviation) = match.moments, match.prior_moments
    return tr(
        "mean {mean:.2f}, standard deviation {deviation:.2f} (prior: {prior_mean:.2f}, {prior_deviation:.2f}); the "
        "densities overlap by {share:.0%}",
        mean=mean,
        deviation=deviation,
        prior_mean=prior_mean,
        prior_deviation=prior_deviation,
        share=match.shared,
    )


def _meaning(match: PriorMatch, collapsed: bool) -> str:
    """Say what the match of one dimension means for images drawn from the prior."""
    (mean, deviation), (prior_mean, prior_deviation) = match.moments, match.prior_moments
    ratio, offset = deviation / prior_deviation, abs(mean - prior_mean) / prior_deviation
    if collapsed:
        return tr("They agree because every posterior equals the prior: the dimension has **collapsed**.")
    if ratio > WIDE:
        return tr(
            "**Too wide**, {ratio:.1f} times the prior: samples from the prior miss the images far from its mean.",
            ratio=ratio,
        )
    if ratio < NARROW:
        return tr(
            "**Too narrow**, {ratio:.2f} times the prior: many samples from the prior are out of distribution.",
            ratio=ratio,
        )
    if offset > 0.5:
        return tr("**Shifted**: many samples from the prior are out of distribution.")
    if match.shared < 0.85:
        return tr("Same width, different shape: samples where q(z) is low are out of distribution.")
    return tr("A good match: in this dimension, samples from the prior fall where the images are.")
