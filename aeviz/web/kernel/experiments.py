"""Experiments of a page: each is a section with a name in the address, and is added in one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import streamlit as st

from aeviz.language import tr
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.url import UrlState, drop_unbound, rename_choices

_STYLE = """<style>
[data-testid="stPopoverBody"]:has(.st-key-experiment-list) { max-width: min(56rem, 96vw) !important; }
.st-key-experiment-list { display: block; columns: 4 9rem; column-gap: 0.75rem; width: 52rem; max-width: 100%; }
.st-key-experiment-list > * { break-inside: avoid; margin-bottom: 0.5rem; }
.st-key-experiment-list :is(.stButton, .stElementContainer) { width: 100% !important; }
.st-key-experiment-list button {
  width: 100%; justify-content: start; text-align: start; min-height: 1.6rem; padding: 0.1rem 0.4rem;
}
.st-key-experiment-list button[kind="primary"][class] {
  color: inherit; border-color: transparent; background: color-mix(in srgb, currentColor 14%, transparent);
}
.st-key-experiment-list button[kind="primary"] p { font-weight: 600; }
.st-key-experiment-list button > div { justify-content: start; }
.st-key-experiment-list button p { line-height: 1.25; }
.st-key-experiment-list .stMarkdown p { padding-left: 0.4rem; font-size: 0.9rem; }
@media (max-width: 40rem) {
  .st-key-experiment-list { columns: 1; }
  .st-key-experiment-list button { min-height: 2.75rem; }
}
</style>"""
"""Of the list of all experiments: columns where there is room, rows of a finger's height where there is not."""

_IN_A_ROW = """<style>
@media (max-width: 40rem) {
  .st-key-%s [role="radiogroup"] {
    flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none;
    animation: more-sections linear both; animation-timeline: scroll(self inline);
  }
  .st-key-%s [role="radiogroup"] > button { flex: none; }
  .st-key-%s [role="radiogroup"] > [aria-checked="true"] { scroll-initial-target: nearest; }
}
@keyframes more-sections {
  from { mask-image: linear-gradient(to left, transparent, #000 5rem); }
  10%, 90% { mask-image: linear-gradient(to left, transparent, #000 5rem calc(100% - 5rem), transparent); }
  to { mask-image: linear-gradient(to right, transparent, #000 5rem); }
}
</style>"""
"""On a phone, sections that do not fit are scrolled to, towards an edge that fades, so that the picture is on the first
screen."""


def put_in_a_row(key: str) -> None:
    """Let the sections of the widget with this key be scrolled sideways on a phone."""
    st.html(_IN_A_ROW.replace("%s", key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A section of a page that shows one thing that the sources teach.

    Its texts are messages: literals, which `tools.messages` finds here, translated where they are shown.
    """

    name: str
    """Its title, and its value in the address."""
    source: str
    """Where the sources treat it, such as S1, section 1.2."""
    show: Callable[[], None]
    """Shows its controls and figures."""
    former_names: tuple[str, ...] = ()
    """Values in addresses that were shared before it had its present name."""
    group: str = ""
    """Its part of a page with many experiments."""
    notice: str = ""
    """What to notice: one sentence, Markdown."""
    question: str = ""
    """A question for a class, Markdown."""
    answer: str = ""
    """The answer to it, shown on request, Markdown."""
    slips: tuple[str, ...] = ()
    """What a source prints and what is right, one sentence or two for each, Markdown."""


def show_experiments(experiments: Sequence[Experiment], *, key: str = "section") -> None:
    """Let the visitor choose one of several experiments and show it; the choice is in the URL.

    Args:
        experiments: What is on offer, in the order of the page; the first one is shown at first.
        key: URL parameter.
    """
    names = [experiment.name for experiment in experiments]
    rename_choices(key, {former: experiment.name for experiment in experiments for former in experiment.former_names})
    put_in_a_row(key)
    chosen = choose(
        st.segmented_control,
        tr("Section"),
        names,
        default=names[0],
        required=True,
        key=key,
        label_visibility="collapsed",
    )
    _show(next((experiment for experiment in experiments if experiment.name == chosen), experiments[0]))


def show_grouped_experiments(experiments: Sequence[Experiment], *, key: str = "experiment") -> None:
    """Let the visitor choose one of many experiments from a list by group and show it; the choice is in the URL.

    What to notice stands beside the list. An experiment that is left takes its parameters out of the address; Back of
    the browser leads to it as it was.

    Args:
        experiments: What is on offer, those of a group together; the first one is shown at first.
        key: URL parameter.
    """
    by_name = {experiment.name: experiment for experiment in experiments}
    address = UrlState(key, lambda text: text if text in by_name else None)
    widget = f"{key}.choice"
    current = address.restore() or experiments[0].name
    st.session_state[widget] = current  # the address decides: Back of the browser changes it alone
    address.write(address.restore())  # nothing stays that is no experiment

    def go_to(name: str) -> None:
        if name != current:
            address.write(name)  # first: the browser's entry for the experiment that is left keeps its parameters
            drop_unbound(keep=[key])

    left, right = st.columns([2, 3], vertical_alignment="center", gap="medium")
    with left, st.container(horizontal=True, gap="small"):
        st.selectbox(
            tr("Experiment"),
            list(by_name),
            format_func=tr,
            key=widget,
            on_change=lambda: go_to(str(st.session_state[widget])),
            label_visibility="collapsed",
            width="stretch",
        )
        _offer_all(experiments, current, go_to, f"{key}.all")
    shown = by_name[current]
    with right:
        st.markdown(tr("**Notice:** {notice}", notice=tr(shown.notice)))
    _show(shown)


def _offer_all(experiments: Sequence[Experiment], current: str, go_to: Callable[[str], None], key: str) -> None:
    """Offer the names of all experiments below those of their groups; the current one is marked."""

    def choose_and_close(name: str) -> None:
        go_to(name)
        st.session_state[key] = False

    offer = st.popover(
        tr("All {count}", count=len(experiments)),
        key=key,
        icon=":material/apps:",
        help=tr("All experiments by group, and what each shows"),
        on_change="rerun",
    )
    if not offer.open:
        return
    with offer, st.container(key="experiment-list"):
        st.html(_STYLE)
        for group, members in groupby(experiments, key=lambda experiment: experiment.group):
            with st.container(gap=None):
                st.markdown(f"**{tr(group)}**")
                for name, notice in [(member.name, member.notice) for member in members]:
                    kind: Literal["primary", "tertiary"] = "primary" if name == current else "tertiary"
                    st.button(
                        tr(name),
                        key=f"{key}.{name}",
                        type=kind,
                        help=tr(notice),
                        on_click=choose_and_close,
                        args=(name,),
                    )


def _show(experiment: Experiment) -> None:
    """Show an experiment, then the question with its answer folded, slips of the sources, and the source."""
    place = st.container()  # the rest comes first, so that nothing of the experiment before stays below a spinner
    if experiment.question:
        question = tr("Question for a class: {question}", question=tr(experiment.question))
        with st.expander(question, icon=":material/help:"):
            st.markdown(tr(experiment.answer))
    if experiment.slips:
        with st.expander(tr("Slips of the sources"), icon=":material/edit_note:"):
            st.markdown("\n".join(f"- {tr(slip)}" for slip in experiment.slips))
    st.caption(tr("Source: {source}", source=tr(experiment.source)))
    with place:
        experiment.show()
