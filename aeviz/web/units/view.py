"""Units: the overview of all, and beside it the chosen one."""

from collections.abc import Mapping

import streamlit as st

from aeviz.analysis.units import order_units
from aeviz.language import tr
from aeviz.web.kernel.images import originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import has_just_arrived, pick_model
from aeviz.web.kernel.recipes import offer_code, unit_code
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import rename_choices
from aeviz.web.units.cached import measures
from aeviz.web.units.detail import show_unit
from aeviz.web.units.overview import UNIT, activity, pick_order, show_overview
from aeviz.web.units.words import name_unit

USUAL_MODEL = "sparse-kl"
"""The model that the page opens with."""
_MODEL = "units.model"
"""Session key: the model whose unit was chosen last."""
_MOST_TEXT = 20
"""Characters of an unknown unit that are repeated."""


def show_units(found: Mapping[str, Model]) -> None:
    """Show the controls, the cards of all units and the chosen unit of one of the models, which have latents."""
    first, second, third = st.columns([2, 2, 1])
    with first:
        model = pick_model(found, default=USUAL_MODEL)
    with second:
        order = pick_order(model)
    with third:
        unit, warning = _pick_unit(model)
    if warning:
        st.caption(warning)
    dataset = originals(model)
    if dataset is None:
        st.caption(tr("The original images are not on this machine: decoded codes stand in for them."))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        show_overview(model, order, unit, dataset)
    with right:
        show_unit(model, unit, dataset)
        if dataset is not None:
            offer_code(unit_code(model.name, unit))


def _pick_unit(model: Model) -> tuple[int, str]:
    """Let the visitor choose a unit; return it, from 0, and a message about an address that names none."""
    count = model.config.model.latent_dim
    names = [name_unit(unit) for unit in range(count)]
    rename_choices(UNIT, {str(unit + 1): name for unit, name in enumerate(names)})  # the number alone will do
    score = measures(model).selectivity
    usual = int(order_units(activity(model) if score is None else score, count)[0])
    before = st.session_state.get(_MODEL)
    st.session_state[_MODEL] = model.name
    asked, warning = st.query_params.get(UNIT), ""
    if before not in (None, model.name) and not has_just_arrived():
        st.session_state[UNIT] = names[usual]  # a number means nothing in another model
    elif asked is not None and asked not in names:
        st.session_state[UNIT] = names[usual]
        text = escape(repr(asked[:_MOST_TEXT]))
        warning = tr(
            "Unknown unit {text} in the address: {model} has z1 to z{count}. Shown is {unit}.",
            text=text,
            model=model.name,
            count=str(count),
            unit=names[usual],
        )
    chosen = st.selectbox(
        tr("Unit"),
        names,
        index=usual,
        key=UNIT,
        bind="query-params",
        help=tr("A latent dimension, named as on the map."),
    )
    return names.index(str(chosen)), warning
