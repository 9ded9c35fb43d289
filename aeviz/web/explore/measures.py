"""Measures of maps: neighbours kept, classes kept, and the error of the model."""

import streamlit as st

from aeviz.language import number, tr
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.navigation import is_lesson_beside
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import UrlState

_FIRST = UrlState("first", lambda text: text if text == "measures" else None)
"""Of an address that is about the measures, such as that of a lesson's step."""

_ONLY = UrlState("only", lambda text: text if text == "maps" else None)
"""Of an address that is about the maps, and needs nothing beside them."""


def are_maps_alone() -> bool:
    """Whether the address asks for the maps without the decoded image and what stands below."""
    return _ONLY.restore() is not None and is_lesson_beside()


def are_measures_first() -> bool:
    """Whether the address asks for the measures and the KL divergence of each dimension above the map."""
    return _FIRST.restore() is not None


def show_measures(runs: list[Model]) -> None:
    """Show neighbour preservation, kNN accuracy and error of each model, in a column a model."""
    measured = [(model, found) for model in runs if (found := model.evaluation) is not None]
    if not measured:
        return
    rows = {
        "": [f"**{escape(model.name)}**" for model, _ in measured],
        tr("Trustworthiness"): [_figure(found.trustworthiness, ".3f") for _, found in measured],
        tr("kNN accuracy"): [_figure(found.knn_accuracy, ".1%") for _, found in measured],
        tr("Test error (MSE)"): [_figure(found.mse, ".5f") for _, found in measured],
        tr("Active dimensions"): [
            tr("{count} of {all}", count=found.active_units, all=model.config.model.latent_dim)
            for model, found in measured
        ],
    }
    lines = [" | ".join(["", name, *cells, ""]) for name, cells in rows.items()]
    lines.insert(1, "|---" * (1 + len(measured)) + "|")
    st.markdown("\n".join(lines))


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else number(value, form)
