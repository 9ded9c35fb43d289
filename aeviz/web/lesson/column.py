"""The column of a running lesson, which app.py shows beside every page."""

import streamlit as st

from aeviz.errors import ClassroomError
from aeviz.lessons import Classroom
from aeviz.web.kernel.navigation import settle_address
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.visitor import visitor_id
from aeviz.web.lesson import classes, desk, seat, state
from aeviz.web.lesson.alone import show_alone

_STYLE = """<style>
[data-testid="stSidebarContent"] { display: flex; flex-direction: column; }
[data-testid="stSidebarUserContent"] { order: 1; padding-top: 0; padding-bottom: 1rem; }
:is([data-testid="stSidebarNav"], [data-testid="stSidebarNavSeparator"]) { order: 2; }
.st-key-lesson-hint { display: none; }
@media (pointer: coarse) {
  [data-testid="stSidebar"] [role="radiogroup"] label { min-height: 2.75rem; align-items: center; }
}
@media (max-width: 768px) {
  .st-key-lesson-hint { /* not below Streamlit's own head, whose button it leaves free */
    display: flex; z-index: 999990; padding: 0 2.5rem 0.5rem; pointer-events: none;
  }
}
</style>"""
"""The lesson stands above the navigation. On a phone, where the column is folded away, a line tells where it is."""


def show_lesson(page: str) -> None:
    """Show the running lesson, alone or with a class, beside the page; nothing where there is none.

    Args:
        page: Path of the page that is about to be run, as `st.navigation` names it.
    """
    settle_address("/" + page)
    problem = _follow_address("/" + page)
    room, now = classes.current(), state.running()
    state.keep_in_address()
    for message in filter(None, (problem, classes.take_notice())):
        st.warning(escape(message), icon=":material/school:")
    if room is None and now is None:
        return
    # on a phone, where the column covers the page, it opens with a question and makes way for what the answer shows
    st.set_page_config(initial_sidebar_state="expanded" if _is_asking(room, now) else "auto")
    st.html(_STYLE)
    lesson = room.lesson if room is not None else now.lesson if now is not None else None
    with st.container(key="lesson-hint"):
        title = "" if lesson is None else lesson.title
        st.caption(f":material/school: **{escape(title)}** Open the lesson with » at the top left.")
    with errors_as_messages(stop=False), st.sidebar:
        if room is None:
            show_alone()
        elif classes.is_teacher(room):
            desk.show_desk()
        else:
            seat.show_seat()
    if room is not None and classes.is_teacher(room):
        desk.show_board(room)


def _is_asking(room: Classroom | None, now: state.Running | None) -> bool:
    """Whether the visitor is to answer a question of the lesson next."""
    if room is None:
        return now is not None and now.step.question is not None and not now.is_open
    stage = room.state()
    if classes.is_teacher(room) or classes.is_away() or stage.is_revealed:
        return False
    asks = room.lesson.steps[stage.step].question is not None
    return asks and room.answer_of(visitor_id(), stage.step) is None


def _follow_address(page: str) -> str:
    """Join the class or resume the lesson that the address names; return why that is not possible, or nothing."""
    try:
        classes.join_from_address(page)
    except ClassroomError as error:
        return str(error)
    return state.resume_from_address()
