"""In how many directions the codes of a plain autoencoder vary."""

import streamlit as st

from aeviz.analysis.latent import variance_shares
from aeviz.figures.charts import variance_bars
from aeviz.language import tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

MOST_SEEN = 3
"""Dimensions that the map shows; a spectrum of so few says nothing new."""
LEAST = 1e-4
"""Share of the variance below which a component counts as unused: stored codes are rounded."""


def show_spectrum(runs: list[Model]) -> None:
    """Show how much of the variance of the codes each principal component holds, of models without a posterior.

    Args:
        runs: The models; those that are variational, have few dimensions or no stored codes are left out.
    """
    found = {model.name: _shares(model) for model in runs if _has_spectrum(model)}
    if not found:
        return
    st.subheader(tr("Variance of the codes by principal component"))
    says = "; ".join(
        tr(
            "{model}: {count} of {all} components hold more than {least:.2%} of the variance each",
            model=escape(name),
            count=sum(share > LEAST for share in shares),
            all=len(shares),
            least=LEAST,
        )
        for name, shares in found.items()
    )
    show_figure(variance_bars(found), key="spectrum", alt=tr("Variance by principal component; {says}", says=says))
    st.markdown(f"{says}.")
    st.caption(tr("*Active dimensions* counts the numbers that vary. Many may be mixtures of few components."))


def _has_spectrum(model: Model) -> bool:
    config, table = model.config.model, model.stored_latents
    return not config.is_variational and config.latent_dim > MOST_SEEN and table is not None and len(table.z) > 1


@shared(max_entries=64)  # below 1 kB each
def _shares(model: Model) -> tuple[float, ...]:
    table = model.require_latents()
    return tuple(variance_shares(table.z).tolist())
