"""What models are called where their names alone would say little: their kind, dimensions and optimizer."""

import re

import streamlit as st

from aeviz.data.imports.visits import name_for_people
from aeviz.language import tr
from aeviz.web.kernel.models import Model
from aeviz.web.takeaway.titles import OPTIMIZER_TITLES, optimizer_of, title_of

__all__ = ["OPTIMIZER_TITLES", "describe", "optimizer_of", "show_title", "title_of"]


def describe(model: Model, count: int) -> str:
    """Return the heading of a model's map of so many test images: name, title, data, count and seed."""
    config = model.config
    name = model.name
    if config.data.without is not None:
        name = tr("{model} (trained without class {name})", model=model.name, name=config.data.without)
    data = name_for_people(config.data.name)
    parts = [name, title_of(config), tr("{count:,} test images of {data}", count=count, data=data)]
    parts += [] if config.model.is_imported else [tr("seed {seed}", seed=str(config.train.seed))]
    return " · ".join(parts)


def show_title(key: str, model: Model) -> None:
    """Write the title of the chosen model beside the label of its list.

    It is not in the list: what stands there is bound to the address, and names are what addresses hold.

    Args:
        key: Key of the list.
        model: The chosen model.
    """
    whole = f".st-key-{re.sub('[^a-zA-Z0-9_-]', '-', key)} [data-testid='stWidgetLabel']"
    label = f"{whole} p"
    st.html(
        f"<style>{whole} :has(p) {{ min-width: 0; }} "
        f"{label} {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-right: 0.4rem; }}"
        f"{label}::after {{ content: '{title_of(model.config)}'; padding-left: 0.6rem; "
        "opacity: var(--aeviz-faint, 0.75); }</style>"
    )
