"""The search for a model, which the first screen offers."""

from collections.abc import Mapping

import streamlit as st

from aeviz.language import tr
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import MODEL
from aeviz.web.kernel.text import escape
from aeviz.web.takeaway.titles import optimizer_of, special_of, title_of

FIND = "find"
"""URL parameter of the words."""
_MOST_LINKS = 5
"""Models that are named at once; the gallery below has all that fit."""


def find_models(found: Mapping[str, Model]) -> None:
    """Let the visitor search; the first models that fit are links to Explore."""
    wanted = st.text_input(
        tr("Find a model"),
        key=FIND,
        bind="query-params",
        live=True,
        icon=":material/search:",
        label_visibility="collapsed",
        placeholder=tr("Find a model, such as: mnist vae 2-d"),
    )
    if not wanted.strip():
        return
    fitting = fitting_models(found)
    with st.container(gap=None, key="find-links"):
        for model in fitting[:_MOST_LINKS]:
            st.page_link(
                "pages/explore.py",
                label=f"{escape(model.name)}: {escape(title_of(model.config))}",
                icon=":material/scatter_plot:",
                query_params={MODEL: model.name},
            )
        if len(fitting) != 1:
            st.caption(
                tr("{count} models fit; see them below.", count=len(fitting)) if fitting else tr("No models fit.")
            )


def fitting_models(found: Mapping[str, Model]) -> list[Model]:
    """Return the models that have all words the visitor searches for."""
    words = str(st.session_state.get(FIND) or "").lower().split()
    return [model for model in found.values() if all(word in _said_of(model) for word in words)]


def _said_of(model: Model) -> str:
    """Return all that a card says of a model, in small letters."""
    config = model.config
    optimizer = optimizer_of(config)
    text = f"{model.name} {config.data.name} {config.model.encoder} {optimizer} {config.model.latent_dim}-d "
    return f"{text}{title_of(config)} {special_of(model)}".lower()
