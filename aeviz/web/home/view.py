"""The gallery of trained models."""

from collections.abc import Mapping

import streamlit as st

from aeviz.errors import CheckpointError
from aeviz.web.kernel import thumbnails
from aeviz.web.kernel.models import Model, list_problems
from aeviz.web.kernel.page import OPTIMIZER_TITLES
from aeviz.web.kernel.text import escape

OWN = "Your own runs"
"""Heading of the models that did not come with aeviz."""
CARD_PX = 256
"""Width of a card, so that a row holds as many as the window has room for."""


def show_gallery(found: Mapping[str, Model]) -> None:
    """Show a card a model, those that ship before one's own, with links to explore it."""
    shipped = [model for model in found.values() if model.is_shipped]
    faces = [model for model in shipped if not model.has_latents]
    variational = [model for model in shipped if model.has_latents and model.config.model.is_variational]
    plain = [model for model in shipped if model.has_latents and not model.config.model.is_variational]
    groups = {
        "Autoencoders": (plain, "Compress an image, then reconstruct it; trained with Adam and with AMSGrad."),
        "Variational autoencoders": (
            variational,
            "The codes follow a prior, so new images can be sampled.",
        ),
        "Faces": (faces, "A VAE and an MSSIM-VAE with 128 dimensions; the cards show samples."),
        OWN: ([model for model in found.values() if not model.is_shipped], "Trained on this machine."),
    }
    anchors = {title: title.lower().replace(" ", "-") for title, (members, _) in groups.items() if members}
    st.markdown(" · ".join(f"[{title}](#{anchor})" for title, anchor in anchors.items()))
    for title, (members, words) in groups.items():
        if members:
            st.subheader(title, anchor=anchors[title], help=words)
            with st.container(horizontal=True, gap="medium"):
                for model in members:
                    _card(model)
    problems = list_problems()
    if problems:
        with st.expander(f"Runs that cannot be opened ({len(problems)})", icon=":material/broken_image:"):
            st.markdown("\n".join(f"- {escape(problem)}" for problem in problems))
    if not groups[OWN][0]:
        st.caption("None yet. Train one on the page Train, or in a shell: `.venv/bin/aeviz train digits-2d-adam`.")


def _card(model: Model) -> None:
    config = model.config
    with st.container(border=True, width=CARD_PX, key=f"card-{model.name}"):
        try:
            picture, facts = thumbnails.thumbnail(model), thumbnails.summary(model)
        except CheckpointError as error:  # one damaged run must not hide the others
            st.error(escape(str(error)), icon=":material/broken_image:")
            return
        if not model.has_summary:
            st.info(
                f"No map yet ({facts.epochs} of {config.train.epochs} epochs). Resume with `.venv/bin/aeviz train "
                f"--resume {model.path}`.",
                icon=":material/hourglass_empty:",
            )
        elif picture is not None:
            what = "Latent map of {}, coloured by class" if model.has_latents else "Samples from {}"
            st.image(picture, width="stretch", alt=what.format(model.name))
        st.markdown(f"**{escape(model.name)}**")
        val_mse = "none yet" if facts.val_mse is None else f"{facts.val_mse:.5f}"
        dimensions = config.model.latent_dim
        shown = (
            ""
            if dimensions <= 3
            else ", first two principal directions"
            if model.has_latents
            else ", samples from its prior"
        )
        st.caption(
            f"{escape(config.data.name)} · {config.model.encoder} · {OPTIMIZER_TITLES[config.optimizer.name]} · "
            f"{dimensions}-d{shown}  \nvalidation error (MSE) {val_mse}"
        )
        if config.data.name == "celeba":
            st.caption("CelebA: for non-commercial research only.")
        if model.has_summary:
            links = {"Decode": ("pages/decode.py", ":material/tune:")}
            if model.has_latents:
                links = {"Explore": ("pages/latent_space.py", ":material/scatter_plot:"), **links}
            if config.model.is_variational:
                links["Generate"] = ("pages/generate.py", ":material/auto_awesome:")
            with st.container(horizontal=True):
                for label, (target, icon) in links.items():
                    st.page_link(target, label=label, icon=icon, query_params={"model": model.name})
