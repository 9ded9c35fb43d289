"""The training of a model that ships, played where no run is shown: what a visitor will see of a run of his own."""

import streamlit as st

from aeviz.language import mark, tr
from aeviz.training.samples import list_samples
from aeviz.web.components.film.component import training_film
from aeviz.web.kernel.models import list_models
from aeviz.web.train.film import film

EXAMPLE = "digits-2d-adam"
"""A shipped model that has the samples of its training."""


def show_example(promise: str = mark("Your run will look like this.")) -> None:
    """Play the training of the example; nothing is shown where it or its samples are missing.

    Args:
        promise: The last sentence above the film, Markdown; a message.
    """
    model = list_models().get(EXAMPLE)
    if model is None or not list_samples(model.path):
        return
    with st.container(gap="xsmall"):
        st.caption(
            tr(
                "**Example, {model}:** a network learns to place 8x8 digits in a plane, without their labels. "
                "{promise}",
                model=model.name,
                promise=tr(promise),
            )
        )
        training_film(film(model.folder, is_live=False, plays=True), key="film-example")
