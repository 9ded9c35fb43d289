"""The column of a running lesson, which app.py shows beside every page."""

import streamlit as st

from aeviz.errors import ClassroomError
from aeviz.web.kernel.navigation import settle_address
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
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


_NOTICE_STYLE = "<style>.st-key-lesson-notice { margin-top: 3rem; }</style>"
"""Below the line of Streamlit's menu."""


def show_lesson(page: str) -> None:
    """Show the running lesson, alone or with a class, beside the page; nothing where there is none.

    Args:
        page: Path of the page that is about to be run, as `st.navigation` names it.
    """
    settle_address("/" + page)
    problem = _follow_address("/" + page)
    room, now = classes.current(), state.running()
    state.keep_in_address()
    messages = [message for message in (problem, classes.take_notice()) if message]
    if messages:
        st.html(_NOTICE_STYLE)
        with st.container(key="lesson-notice"):
            for message in messages:
                st.warning(escape(message), icon=":material/school:")
    if room is None and now is None:
        return
    # on a phone, where the column covers the page, it opens with a question and makes way for what the answer shows
    is_asking = room is None and now is not None and not now.is_open
    st.set_page_config(initial_sidebar_state="expanded" if is_asking else "auto")
    st.html(_STYLE)
    has_panel = room is not None and not classes.is_teacher(room) and not classes.is_away()
    lesson = room.lesson if room is not None else now.lesson if now is not None else None
    if lesson is not None and not has_panel:
        with st.container(key="lesson-hint"):
            st.caption(f":material/school: **{escape(lesson.title)}** Open the lesson with » at the top left.")
    with errors_as_messages(stop=False), st.sidebar:
        if room is None:
            show_alone()
        elif classes.is_teacher(room):
            desk.show_desk()
        else:
            seat.show_seat()
    if has_panel:
        seat.show_panel()
    elif room is not None and classes.is_teacher(room):
        desk.show_board(room)


def _follow_address(page: str) -> str:
    """Join the class or resume the lesson that the address names; return why that is not possible, or nothing."""
    try:
        classes.join_from_address(page)
    except ClassroomError as error:
        return str(error)
    return state.resume_from_address()
