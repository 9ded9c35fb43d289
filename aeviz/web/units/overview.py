"""All units of a model as cards, sorted; a click on a card chooses its unit."""

import numpy as np
import streamlit as st

from aeviz.analysis.units import UnitMeasures, order_units
from aeviz.data import ImageDataset
from aeviz.language import current_language, mark, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import drop_stale_choice
from aeviz.web.units.cached import card_style, has_positive_codes, measures
from aeviz.web.units.words import format_value, name_unit

ORDER, UNIT, ALL = "order", "unit", "all"
"""URL parameters of the order of the cards, of the chosen unit, and of whether all cards are shown."""
SELECTIVITY, ACTIVITY, KL, INDEX = mark("class selectivity"), mark("activity"), mark("KL divergence"), mark("index")
FEW = 24
"""Cards until the visitor asks for all."""
LIST_PX, FEW_ROWS = 680, 6
"""Height in pixels at most of the list of cards, which scrolls; cards up to which it is as high as they are."""


def activity(model: Model) -> np.ndarray:
    """Return how active each unit is, (D,): its mean activation where that is positive, else its variance."""
    return measures(model).mean if has_positive_codes(model) else measures(model).variance


def pick_order(model: Model) -> str:
    """Let the visitor choose what the cards are sorted by; the choice is in the URL."""
    orders = [SELECTIVITY] if measures(model).selectivity is not None else []
    orders += [ACTIVITY, *([KL] if model.summary.kl is not None else []), INDEX]
    drop_stale_choice(ORDER, orders)  # chosen for another model
    why = (
        tr(
            "Class selectivity (η²): the share of a unit's variance that the class explains. Activity: the mean "
            "activation. KL divergence to the prior, of a variational model: what the unit tells about an image, in "
            "nats."
        )
        if has_positive_codes(model)
        else tr(
            "Class selectivity (η²): the share of a unit's variance that the class explains. Activity: the variance of "
            "the activation. KL divergence to the prior, of a variational model: what the unit tells about an image, "
            "in nats."
        )
    )
    chosen = choose(st.selectbox, tr("Sort units by"), orders, key=ORDER, help=why)
    return str(chosen)


def show_overview(model: Model, order: str, chosen: int, dataset: ImageDataset | None) -> None:
    """Show a card a unit, the first in the order first, at most `FEW` until the visitor asks for all.

    Args:
        model: The model, which must have latents.
        order: What the units are sorted by.
        chosen: The chosen unit, from 0, whose card stands out.
        dataset: The original images, where they are on this machine.
    """
    count = model.config.model.latent_dim
    units = order_units(_scores(model, order), count).tolist()
    is_whole = count <= FEW or st.toggle(tr("Show all {count} units", count=count), key=ALL, bind="query-params")
    shown = tuple(units if is_whole else units[:FEW])
    st.html(card_style(model, shown, dataset is not None, dataset))
    labels = _labels(model, order, current_language())
    with (
        st.container(height=LIST_PX if count > FEW_ROWS else "content", border=False, key="unit-list"),
        st.container(key="unit-cards"),
    ):
        for unit in shown:
            name = name_unit(unit)
            st.button(
                labels[unit],
                key=f"choose-{name}",
                type="primary" if unit == chosen else "secondary",
                width="stretch",
                on_click=st.session_state.__setitem__,
                args=(UNIT, name),
            )


@shared(max_entries=64)  # 60 bytes a unit
def _labels(model: Model, order: str, language: str) -> tuple[str, ...]:
    """Return what the card of each unit says, in Markdown."""
    found = measures(model)
    best = found.best_class
    names = () if best is None else [escape(model.class_names[at]) for at in best]
    classes = [f" · {tr('class {label}', label=name)}" for name in names] or [""] * len(found.mean)
    return tuple(
        f"**{name_unit(unit)}**{of_class} :small[{_facts(model, unit, found, order)}]"
        for unit, of_class in enumerate(classes)
    )


def _facts(model: Model, unit: int, found: UnitMeasures, order: str) -> str:
    """Return the measure that the cards are sorted by; for their index the first that there is."""
    if order == KL and model.summary.kl is not None:
        return tr("KL {value} nats", value=format_value(float(model.summary.kl[unit])))
    if order != ACTIVITY and found.selectivity is not None:
        return tr("class explains {share:.0%}", share=found.selectivity[unit])
    value = format_value(activity(model)[unit])
    return tr("mean {value}", value=value) if has_positive_codes(model) else tr("variance {value}", value=value)


def _scores(model: Model, order: str) -> np.ndarray | None:
    """Return what the units are sorted by, (D,); None for their index."""
    if order == SELECTIVITY:
        return measures(model).selectivity
    if order == KL:
        return model.summary.kl
    return activity(model) if order == ACTIVITY else None
