"""What models are called where their names alone would say little: their kind, dimensions and optimizer."""

import re

import streamlit as st

from aeviz.data.imports.visits import name_for_people
from aeviz.web.kernel.models import Model
from aeviz.web.takeaway.titles import OPTIMIZER_TITLES, optimizer_of, title_of

__all__ = ["OPTIMIZER_TITLES", "describe", "optimizer_of", "show_title", "title_of"]


def describe(model: Model, count: int) -> str:
    """Return the heading of a model's map of so many test images: name, title, data, count and seed."""
    config = model.config
    left_out = "" if config.data.without is None else f" (trained without class {config.data.without})"
    seed = "" if config.model.is_imported else f" · seed {config.train.seed}"
    data = name_for_people(config.data.name)
    return f"{model.name}{left_out} · {title_of(config)} · {count:,} test images of {data}{seed}"


def show_title(key: str, model: Model) -> None:
    """Write the title of the chosen model beside the label of its list.

    It is not in the list: what stands there is bound to the address, and names are what addresses hold.

    Args:
        key: Key of the list.
        model: The chosen model.
    """
    label = f".st-key-{re.sub('[^a-zA-Z0-9_-]', '-', key)} [data-testid='stWidgetLabel'] p"
    st.html(
        f"<style>{label} {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-right: 0.4rem; }}"
        f"{label}::after {{ content: '{title_of(model.config)}'; padding-left: 0.6rem; "
        "opacity: var(--aeviz-faint, 0.75); }</style>"
    )
