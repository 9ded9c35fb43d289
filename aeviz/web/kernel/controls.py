"""Pickers that several pages offer: temperature and seed, a class, a test image, a draw. All are in the URL."""

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.language import mark, number, tr
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.url import drop_stale_choice

SEEDS = 10_000
"""Seeds on offer: 0 to this, exclusive."""
SEED_HELP = mark("The number from which the random numbers are computed, 0 to {}. The same seed gives the same result.")
_SEED = "seed"
Among = Callable[[], np.ndarray]


def pick_seed(folded: DeltaGenerator | None = None) -> int:
    """Let the visitor choose the seed of the chance, or the next one; it is in the URL.

    Args:
        folded: Where the seed is chosen by its number, if not beside the button.
    """
    with folded or nullcontext():
        seed = pick_whole(tr("Seed"), _SEED, SEEDS - 1, 0, tr(SEED_HELP))
    st.button(
        tr("Again"),
        icon=":material/casino:",
        key="again",
        on_click=_next_seed,
        help=tr("Sample again, with other random numbers (the next seed)."),
    )
    return seed


def _next_seed() -> None:
    st.session_state[_SEED] = float((int(st.session_state.get(_SEED) or 0) + 1) % SEEDS)


def pick_whole(label: str, key: str, high: int, default: int, why: str) -> int:
    """Let the visitor choose a whole number from 0 to `high`, for which {} stands in `why`; it is in the URL."""
    if (st.session_state.get(key) or 0) > high:  # chosen for a model of more images
        st.session_state[key] = float(high)
    chosen = st.number_input(
        label,
        min_value=0.0,  # floats, since Streamlit 1.67 fails at ?seed=inf where it expects whole numbers
        max_value=float(high),
        value=float(default),
        step=1.0,
        format="%.0f",
        key=key,
        bind="query-params",
        width=150,
        help=why.format(number(high, ",")),
    )
    return int(chosen or 0)


def pick_class(label: str, names: list[str], key: str, default: str, why: str) -> str:
    """Let the visitor choose a class by its name; the choice is in the URL."""
    drop_stale_choice(key, names)  # chosen for a model of other images
    index = names.index(default)
    return str(choose(st.selectbox, label, names, index=index, key=key, width=150, help=why, shown=str))


def pick_image(
    model: Model,
    label: str,
    key: str,
    default: int,
    folded: DeltaGenerator | None = None,
    *,
    among: Among | None = None,
) -> int:
    """Let the visitor choose a test image by its number or by chance; it is in the URL.

    Args:
        model: The model.
        label: What the number is of.
        key: Of the number, in the URL too.
        default: The number at first.
        folded: Where the number is chosen, if not beside the button.
        among: Returns the numbers that chance chooses from, (M,), when it does; None for all.
    """
    n = len(model.require_latents().z)
    with folded or nullcontext():
        index = pick_whole(label, key, n - 1, default, tr("Index in the test set, 0 to {}."))
    st.button(
        tr("Random"),
        icon=":material/casino:",
        key=f"{key}-chance",
        on_click=_jump,
        args=(key, n, among),
        help=tr("Choose a random test image."),
    )
    return index


def pick_draw(key: str, default: int, folded: DeltaGenerator | None = None) -> int:
    """Let the visitor choose a draw by its seed, in `folded` if given, or by chance; the seed is in the URL."""
    with folded or nullcontext():
        seed = pick_whole(tr("Seed"), key, SEEDS - 1, default, tr(SEED_HELP))
    st.button(
        tr("Random"),
        icon=":material/casino:",
        key=f"{key}-chance",
        on_click=_jump,
        args=(key, SEEDS),
        help=tr("Choose a random seed."),
    )
    return seed


def _jump(key: str, n: int, among: Among | None = None) -> None:
    chosen = np.random.default_rng().choice(n if among is None else among())
    st.session_state[key] = float(chosen)
