"""A student's place in a class: the teacher's step, the student's prediction, and the way out and back."""

import streamlit as st

from aeviz.lessons import Classroom, ClassState
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.visitor import visitor_id
from aeviz.web.lesson import classes
from aeviz.web.lesson.parts import ask, show_explanation, show_head, show_verdict, to_markdown

_PANEL_STYLE = """<style>
.st-key-class-panel { display: none; }
@media (max-width: 768px) {
  .st-key-class-panel { display: flex; margin-top: 3rem; }
  .st-key-class-panel [role="radiogroup"] label { min-height: 2.75rem; align-items: center; }
}
</style>"""
"""Below the line of Streamlit's menu, as high as a finger needs it."""


def show_seat() -> None:
    """Show the class's step, and look every two seconds whether the teacher has gone on."""
    room = classes.current()
    if room is None:
        return
    if not classes.is_away() and classes.has_news(room):
        classes.follow(room)
    now = room.state()
    _show_seat()
    if not classes.is_away():
        st.fragment(_watch, run_every=classes.POLL_S)(now.stage)


def _watch(stage: int) -> None:
    """Run the page again when the class has changed; draws nothing, so that it costs next to nothing."""
    room = classes.current()
    if room is None or room.state().stage != stage:
        st.rerun()


@st.fragment
def _show_seat() -> None:
    room = classes.current()
    if room is None:
        st.rerun()
    with errors_as_messages(stop=False):
        _show(room)


def _show(room: Classroom) -> None:
    st.caption(f":material/groups: Class {room.code}")
    now = room.state()
    show_head(room.lesson, now.step)
    if classes.is_away():
        st.info("You have left the class for now. Your page stays where you put it.", icon=":material/directions_walk:")
        if st.button("Rejoin the class", key="class-rejoin", type="primary", icon=":material/login:"):
            classes.come_back(room)
        if st.button("Leave for good", key="class-close", type="tertiary", icon=":material/close:"):
            classes.leave()
            st.rerun()
        return
    step = room.lesson.steps[now.step]
    st.markdown(to_markdown(step.text))
    if step.question is not None and not now.is_revealed:
        _show_question(room, now)
    else:
        if step.question is not None:
            show_verdict(step.question, room.answer_of(visitor_id(), now.step))
        show_explanation(room.lesson, step)
    if st.button(
        "Leave the class",
        key="class-leave",
        type="tertiary",
        icon=":material/logout:",
        help="Look around by yourself. You can come back at any time.",
    ):
        classes.step_aside()
        st.rerun()


def show_panel() -> None:
    """Show the question and how it stands above the page, on a phone alone: there the column covers the page."""
    st.html(_PANEL_STYLE)
    with st.container(border=True, gap="small", key="class-panel"):
        _show_panel()


@st.fragment
def _show_panel() -> None:
    room = classes.current()
    if room is None:
        st.rerun()
    with errors_as_messages(stop=False):
        now = room.state()
        step = room.lesson.steps[now.step]
        st.caption(
            f":material/groups: Class {room.code} · Step {now.step + 1} of {len(room.lesson.steps)} · "
            f"{escape(room.lesson.title)}"
        )
        if step.question is not None and not now.is_revealed:
            _show_question(room, now, "panel.")
            st.markdown(to_markdown(step.text))
            return
        if step.question is None:
            st.markdown(to_markdown(step.text))
        else:
            st.markdown(f"**{to_markdown(step.question.ask)}**")
            show_verdict(step.question, room.answer_of(visitor_id(), now.step))
        with st.expander("What to look for, and why"):
            if step.question is not None:
                st.markdown(to_markdown(step.text))
            show_explanation(room.lesson, step)


def _show_question(room: Classroom, now: ClassState, place: str = "") -> None:
    """Show the question with its field; `place` tells the keys of one place from those of another."""
    question = room.lesson.steps[now.step].question
    if question is None:
        return
    given = room.answer_of(visitor_id(), now.step)
    # an answer that was given in the other place is shown in this one too
    chosen = ask(question, f"{place}class.answer.{room.code}.{now.step}.{given}", given)
    label = "Answer" if given is None else "Change my answer"
    # never disabled: a number that is still being typed reaches Python together with the click
    is_sent = st.button(label, key=f"{place}class-answer", type="primary", icon=":material/done:")
    if is_sent and chosen is None:
        st.caption("Choose an answer first.")
    if is_sent and chosen is not None:
        room.answer(visitor_id(), now.step, chosen)
        st.toast("Your answer is in. You can change it until it is revealed.", icon=":material/done:")
        st.rerun()
    if given is not None:
        said = to_markdown(question.describe(given)).rstrip(".")
        st.caption(f":material/hourglass_top: Your answer: {said}. You can change it until it is revealed.")
