"""A student's place in a class: the teacher's step, the student's prediction, and the way out and back."""

import streamlit as st

from aeviz.language import tr
from aeviz.lessons import Classroom, ClassState
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.visitor import visitor_id
from aeviz.web.lesson import classes
from aeviz.web.lesson.parts import ask, lead, recall, show_explanation, show_head, show_verdict, to_markdown


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
    st.caption(tr(":material/groups: Class {code}", code=room.code))
    now = room.state()
    show_head(room.lesson, now.step)
    if classes.is_away():
        st.info(
            tr("You have left the class for now. Your page stays where you put it."), icon=":material/directions_walk:"
        )
        if st.button(tr("Rejoin the class"), key="class-rejoin", type="primary", icon=":material/login:"):
            classes.come_back(room)
        if st.button(tr("Leave for good"), key="class-close", type="tertiary", icon=":material/close:"):
            classes.leave()
            st.rerun()
        return
    step = room.lesson.steps[now.step]
    if step.question is not None and not now.is_revealed:
        st.markdown(to_markdown(step.text))
        _show_question(room, now)
        lead(room.lesson, now.step, is_open=False)
    else:
        recall(step)
        if step.question is not None:
            show_verdict(step.question, room.answer_of(visitor_id(), now.step))
        show_explanation(room.lesson, now.step)
    if st.button(
        tr("Leave the class"),
        key="class-leave",
        type="tertiary",
        icon=":material/logout:",
        help=tr("Look around by yourself. You can come back at any time."),
    ):
        classes.step_aside()
        st.rerun()


def _show_question(room: Classroom, now: ClassState) -> None:
    question = room.lesson.steps[now.step].question
    if question is None:
        return
    given = room.answer_of(visitor_id(), now.step)
    chosen = ask(question, f"class.answer.{room.code}.{now.step}.{given}", given)
    label = tr("Answer") if given is None else tr("Change my answer")
    # never disabled: a number that is still being typed reaches Python together with the click
    is_sent = st.button(label, key="class-answer", type="primary", icon=":material/done:")
    if is_sent and chosen is None:
        st.caption(tr("Choose an answer first."))
    if is_sent and chosen is not None:
        room.answer(visitor_id(), now.step, chosen)
        st.toast(tr("Your answer is in. You can change it until it is revealed."), icon=":material/done:")
        st.rerun()
    if given is not None:
        said = to_markdown(question.describe(given)).rstrip(".")
        st.caption(
            tr(":material/hourglass_top: Your answer: {said}. You can change it until it is revealed.", said=said)
        )
