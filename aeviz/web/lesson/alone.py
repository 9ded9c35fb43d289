"""A lesson that a visitor takes alone."""

from dataclasses import replace

import streamlit as st

from aeviz.language import tr
from aeviz.lessons import Answer
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.lesson import classes, state
from aeviz.web.lesson.parts import ask, lead, recall, show_explanation, show_head, show_verdict, to_markdown


@st.fragment
def show_alone() -> None:
    """Show the present step: its text and question, and after the answer what it was about."""
    now = state.running()
    if now is not None:
        with errors_as_messages(stop=False):
            _show(now)


def _show(now: state.Running) -> None:
    step = now.step
    show_head(now.lesson, now.place)
    if step.question is not None and not now.is_open:
        st.markdown(to_markdown(step.text))
        chosen = ask(step.question, f"lesson.answer.{now.name}.{now.place}")
        lead(now.lesson, now.place, is_open=False)
    else:
        chosen = None
        recall(step)
        if step.question is not None:
            show_verdict(step.question, now.given.get(now.place))
        show_explanation(now.lesson, now.place)
    _show_buttons(now, chosen)


def _show_buttons(now: state.Running, chosen: Answer | None) -> None:
    with st.container(horizontal=True, gap="xsmall", key="lesson-go"):
        if st.button(tr("Back"), key="lesson-back", disabled=now.place == 0):
            state.go_on(replace(now, place=now.place - 1))
        if not now.is_open:
            is_sent = st.button(tr("Answer"), type="primary", key="lesson-answer", icon=":material/done:")
            is_skipped = st.button(tr("Skip"), key="lesson-skip", help=tr("Show the answer without a prediction."))
            if is_skipped or (is_sent and chosen is not None):
                state.answer(now, None if is_skipped else chosen)
            if is_sent:
                st.caption(tr("Choose an answer first, or skip the question."))
        if now.is_open and not now.is_last:
            if st.button(tr("Next"), key="lesson-next", type="primary", icon=":material/arrow_forward:"):
                state.go_on(replace(now, place=now.place + 1))
        elif now.is_open and st.button(tr("Finish"), key="lesson-finish", type="primary", icon=":material/flag:"):
            state.finish()
    with st.container(horizontal=True):
        if now.is_open and st.button(
            tr("Show the view again"),
            key="lesson-view",
            type="tertiary",
            help=tr("Open this step's page as the step has it."),
        ):
            state.go_on(now)
        if st.button(tr("Teach this lesson to a class"), key="lesson-teach", type="tertiary", icon=":material/groups:"):
            classes.teach(now.lesson, now.place)
        if st.button(tr("End the lesson"), key="lesson-end", type="tertiary", icon=":material/close:"):
            state.drop()
            st.rerun()
