"""The gallery of trained models."""

from collections.abc import Mapping

import streamlit as st

from aeviz.data.imports.visits import name_for_people
from aeviz.errors import CheckpointError
from aeviz.language import mark, number, tr
from aeviz.web.home.search import FIND, fitting_models
from aeviz.web.kernel import thumbnails
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model, list_problems
from aeviz.web.kernel.text import escape
from aeviz.web.takeaway.titles import OWN, groups_of, special_of, title_of

CARD_PX = 248
"""Width of a card, so that a row holds as many as the window has room for."""
SPARSE = ("l1", "kl_sparsity")
"""Penalties that make codes sparse, so that single units are worth a look."""
FEW = 8
"""Models that ship of one group until the visitor asks for all: two rows in a window of 1,440 pixels."""


_STYLE = """<style>
@media (max-width: 40rem) { [class*="st-key-few-"] > div:nth-child(n+3) { display: none; } }
</style>"""
"""On a phone, two of a group stand for the others until the visitor asks for all."""


def show_gallery(found: Mapping[str, Model]) -> None:
    """Show a card a model, one's own before those that ship, with links to explore it."""
    st.html(_STYLE)
    problems = list_problems()
    if problems:
        with st.expander(
            tr("Runs that cannot be opened ({count})", count=len(problems)), icon=":material/broken_image:"
        ):
            st.markdown("\n".join(f"- {escape(problem)}" for problem in problems))
    fitting = fitting_models(found)
    groups = groups_of(fitting)
    anchors = {title: title.lower().replace(" ", "-") for title, (members, _) in groups.items() if members}
    st.markdown(" · ".join(f"[{tr(title)}](#{anchor})" for title, anchor in anchors.items()))
    for title, (members, words) in groups.items():
        if members:
            st.subheader(tr(title), anchor=anchors[title], help=tr(words))
            _show_cards(members, title)
    if not fitting:
        wanted = escape(repr(st.session_state.get(FIND)))
        st.info(tr("No model fits {words}. Use fewer words.", words=wanted), icon=":material/search_off:")
    elif not any(not model.is_shipped for model in found.values()):
        st.caption(
            tr(
                "No run of yours yet. Train one on the page Train, or in a shell: "
                "`.venv/bin/aeviz train digits-2d-adam`."
            )
        )


def _show_cards(members: list[Model], title: str) -> None:
    """Show a card a model; of more than two rows the others on request. One's own are all shown."""
    key = f"all-{title}"
    is_cut = title != OWN and len(members) > FEW and not st.session_state.get(key)
    with st.container(horizontal=True, gap="small", key="few-" + title if is_cut else None):
        for model in members[:FEW] if is_cut else members:
            _card(model)
    if is_cut:
        st.button(
            tr("Show all {count}", count=len(members)),
            icon=":material/expand_more:",
            key=f"more-{title}",
            on_click=st.session_state.__setitem__,
            args=(key, True),
        )


def _card(model: Model) -> None:
    config = model.config
    with st.container(border=True, width=CARD_PX, key=f"card-{model.name}"):
        try:
            picture, facts = thumbnails.thumbnail(model, is_dark()), thumbnails.summary(model)
        except CheckpointError as error:  # one damaged run must not hide the others
            st.error(escape(str(error)), icon=":material/broken_image:")
            return
        if not model.has_summary:
            st.info(
                tr(
                    "No map yet ({done} of {planned} epochs). Resume with `.venv/bin/aeviz train --resume {path}`.",
                    done=facts.epochs,
                    planned=config.train.epochs,
                    path=model.path,
                ),
                icon=":material/hourglass_empty:",
            )
        elif picture is not None:
            what = (
                mark("Latent map of {model}, coloured by class") if model.has_latents else mark("Samples from {model}")
            )
            st.image(picture, width="stretch", alt=tr(what, model=model.name))
        head, second = (title_of(config), model.name) if model.is_shipped else (model.name, title_of(config))
        st.markdown(f"**{escape(head)}**")
        val_mse = tr("none yet") if facts.val_mse is None else number(facts.val_mse, ".5f")
        said = tr("validation error (MSE) {mse}", mse=val_mse)
        if config.model.is_imported and model.evaluation is not None:
            said = tr("test error (MSE) {mse:.5f}", mse=model.evaluation.mse)
        dimensions = config.model.latent_dim
        kind = config.model.encoder_spec.title if config.model.is_imported else config.model.encoder
        shown = (
            ""
            if dimensions <= 3
            else tr(", first two principal directions")
            if model.has_latents
            else tr(", samples from its prior")
        )
        st.caption(f"{escape(second)} · {escape(name_for_people(config.data.name))} · {kind}{shown}  \n{said}")
        if words := special_of(model):
            st.caption(escape(words))
        if config.data.name == "celeba":
            st.caption(tr("CelebA: for non-commercial research only."))
        if model.has_summary:
            links = {tr("Explore"): ("pages/explore.py", ":material/scatter_plot:")}
            if config.model.is_variational:
                links[tr("Generate")] = ("pages/generate.py", ":material/auto_awesome:")
            if model.has_latents and config.objective.penalty in SPARSE:
                links[tr("Units")] = ("pages/units.py", ":material/grid_view:")
            with st.container(horizontal=True):
                for label, (target, icon) in links.items():
                    st.page_link(target, label=label, icon=icon, query_params={"model": model.name})
