"""What a variational autoencoder says by latent dimension: KL bars, posterior collapse, and all posteriors together."""

import itertools

import streamlit as st

from aeviz.analysis.posterior import PriorMatch
from aeviz.figures.charts import kl_bars, prior_densities
from aeviz.training.runs import Evaluation
from aeviz.web.kernel import posteriors
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.scales import describe_scales
from aeviz.web.kernel.text import escape

COLLAPSED = 0.01
"""Nats an image below which a dimension carries nothing: its posterior is the prior whatever the image."""
MOST_NAMED = 12
"""Dimensions whose divergence is told to those who do not see the bars."""
WIDE, NARROW = 1.25, 0.8
"""Standard deviation of all posteriors together, over that of the prior, beyond which they are too wide or narrow."""


def show_posteriors(runs: list[Model]) -> None:
    """Show the divergence by dimension of the variational models among `runs`, and what the KL weight means."""
    measured = {
        model.name: (model, found)
        for model in runs
        if model.config.model.is_variational and (found := model.evaluation) is not None and found.kl_per_dimension
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
    for name, (model, found) in measured.items():
        st.markdown(f"**{escape(name)}**: {_verdict(model, found)}{_bound(found)}  \n:small[{describe_scales(model)}]")
    st.caption(
        "The KL divergence of a dimension is how far its posteriors lie from the prior, N(0, 1) or that of the image's "
        "class, averaged over the test images: what the dimension tells of an image, in nats (1 nat is 1.44 bits). "
        f"Where it is 0, or less than {COLLAPSED}, the decoder learns nothing from it: the posterior has collapsed."
    )
    _show_against_prior({name: pair for name, pair in measured.items() if posteriors.has_posteriors(pair[0])})


def _verdict(model: Model, found: Evaluation) -> str:
    nats = found.kl_per_dimension
    dead = [place for place, value in enumerate(nats) if value < COLLAPSED]
    told = f"{sum(nats):.1f} nats an image in all. "
    if not dead:
        return told + "No dimension has collapsed."
    if len(dead) == len(nats):
        trained = model.config.objective.reconstruction_weight > 0
        drawn = "one image, a mean of all" if trained else "what chance made of its weights: no reconstruction counted"
        return f"{told}**All dimensions have collapsed**: every image gets the prior, and the decoder draws {drawn}."
    verb, rest = ("has", "it carries") if len(dead) == 1 else ("have", "they carry")
    return (
        f"{told}**{len(dead)} of {len(nats)} dimensions {verb} collapsed** ({name_dimensions(dead)}): {rest} less than "
        f"{COLLAPSED} nats each, next to nothing. By the variance of their means {found.active_units} count as active: "
        "a mean may still move a little beside a posterior as wide as the prior."
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
        return " Its objective is no likelihood, so it has no ELBO."
    better = ""
    if found.log_likelihood_bound is not None:
        better = (
            f"; the importance-weighted bound of {found.importance_samples or 50} samples, on at most 1,000 of the "
            f"images, is {found.log_likelihood_bound:,.1f}"
        )
    return f" ELBO {found.elbo:,.1f} nats an image{better}."


@st.fragment
def _show_against_prior(measured: dict[str, tuple[Model, Evaluation]]) -> None:
    """Show the mixture of all posteriors beside the prior along one dimension of each model, and what it means."""
    with errors_as_messages():
        if not measured:
            return
        st.subheader("All posteriors together, beside the prior")
        most = max(len(found.kl_per_dimension) for _, found in measured.values())
        rank = 1
        if most > 1:
            rank = st.selectbox(
                "Dimension, the most informative first",
                list(range(1, most + 1)),
                key="rank",
                bind="query-params",
                width=300,
                help="1 is the dimension of the largest KL divergence: the first bar above. Each model has its own.",
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
        st.plotly_chart(
            prior_densities(matches, " and ".join(dict.fromkeys(f"z{place + 1}" for _, place in chosen.values()))),
            key="against-prior",
            config={"displayModeBar": False},
            alt="Density of all posteriors beside the prior's: "
            + "; ".join(f"{name}: {_moments(match)}" for name, match in matches.items()),
        )
        for (name, match), (model, place) in zip(matches.items(), chosen.values(), strict=True):
            nats = posteriors.prior_distance(model)
            found = measured[model.name][1]
            each = " (class by class, each beside its own prior)" if model.config.model.prior == "anchored" else ""
            st.markdown(
                f"**{escape(name)}**: {_moments(match)}. {_meaning(match, found.kl_per_dimension[place] < COLLAPSED)}"
                "  \nAll dimensions: the Gaussian with the mean and the covariance of all posteriors together lies "
                f"**{nats:.2f} nats** from the prior{each}; 0 means the same mean and covariance."
            )
        st.caption(
            "q(z) is the mixture of the posteriors of all test images; a new image is drawn from the prior p(z) "
            "instead. Where p(z) is high and q(z) is low there is a hole: the decoder was never trained there, and "
            "what it draws can look like nothing. Where q(z) is high and p(z) is low there are images that are hardly "
            "ever drawn."
        )


def _informative(found: Evaluation) -> list[int]:
    """Return the latent dimensions by falling divergence."""
    return sorted(range(len(found.kl_per_dimension)), key=lambda place: -found.kl_per_dimension[place])


def _moments(match: PriorMatch) -> str:
    (mean, deviation), (prior_mean, prior_deviation) = match.moments, match.prior_moments
    return (
        f"mean {mean:.2f} and standard deviation {deviation:.2f} (prior: {prior_mean:.2f} and {prior_deviation:.2f}); "
        f"the two densities share {match.shared:.0%} of their area"
    )


def _meaning(match: PriorMatch, collapsed: bool) -> str:
    """Say what the match of one dimension means for images drawn from the prior."""
    (mean, deviation), (prior_mean, prior_deviation) = match.moments, match.prior_moments
    ratio, offset = deviation / prior_deviation, abs(mean - prior_mean) / prior_deviation
    if collapsed:
        return "They match because every posterior is the prior: the dimension has **collapsed**."
    if ratio > WIDE:
        return (
            f"**Too wide**, {ratio:.1f} times the prior: draws from the prior stay in the middle and miss the "
            "images farther out."
        )
    if ratio < NARROW:
        return (
            f"**Too narrow**, {ratio:.2f} times the prior: draws from the prior land beyond the images and can look "
            "like nothing."
        )
    if offset > 0.5:
        return "**Shifted**: many draws from the prior land beside the images and can look like nothing."
    if match.shared < 0.85:
        return "As wide as the prior, but of another shape: draws from where q(z) is low can look like nothing."
    return "A good match: draws from the prior land where images lie, along this dimension."
