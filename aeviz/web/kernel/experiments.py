"""Experiments of a page: each is a section with a name in the address, and is added in one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from aeviz.web.kernel.url import rename_choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A section of a page that shows one thing that the sources teach."""

    name: str
    """Its title, and its value in the address."""
    source: str
    """Where the sources treat it, such as S1, section 1.2."""
    show: Callable[[], None]
    """Shows its controls and figures."""
    former_names: tuple[str, ...] = ()
    """Values in addresses that were shared before it had its present name."""


def show_experiments(experiments: Sequence[Experiment], *, key: str = "section") -> None:
    """Let the visitor choose one of several experiments and show it; the choice is in the URL.

    Args:
        experiments: What is on offer, in the order of the page; the first one is shown at first.
        key: URL parameter.
    """
    names = [experiment.name for experiment in experiments]
    rename_choices(key, {former: experiment.name for experiment in experiments for former in experiment.former_names})
    chosen = st.segmented_control(
        "Section",
        names,
        default=names[0],
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )
    shown = next((experiment for experiment in experiments if experiment.name == chosen), experiments[0])
    shown.show()
    st.caption(f"Source: {shown.source}")
