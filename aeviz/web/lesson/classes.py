"""The classes of this server, and which of them the visitor takes part in."""

from typing import NoReturn

import streamlit as st

from aeviz.errors import ClassroomError
from aeviz.language import tr
from aeviz.lessons import Classroom, Classrooms, Lesson, View, page_paths, parse_view
from aeviz.lessons.classroom import normalise_code
from aeviz.web.kernel.navigation import CLASS
from aeviz.web.kernel.visitor import visitor_id
from aeviz.web.lesson import state

CLASSES = Classrooms()
"""All classes; they live as long as the server."""
LESSONS, _INVITATION = "/lessons", "class"
"""The page, and its parameter, that a teacher hands out: /lessons?class=KRTMB."""
POLL_S = 2.0
"""Seconds between two looks at a class."""
_SEEN, _AWAY, _NOTICE = "class.seen", "class.away", "class.notice"
"""Session keys: how many addresses of the class the visitor has followed; whether they have left it for now; that it
has ended."""


def teach(lesson: Lesson, place: int = 0) -> NoReturn:
    """Open a class for a lesson, which the visitor leads.

    Raises:
        ClassroomError: The server holds no more classes.
    """
    room = CLASSES.open(lesson, visitor_id())
    room.move(place)
    _take_part(room)
    show_step(room)


def join(text: str) -> NoReturn:
    """Join the class with a code, and show what it looks at.

    Raises:
        ClassroomError: There is no such class, or it is full.
    """
    room = CLASSES.find(text)
    if not is_teacher(room):
        room.join(visitor_id())
    _take_part(room)
    follow(room)


def join_from_address(page: str) -> None:
    """Join the class that the address names, if it is another than the visitor's.

    Args:
        page: Path of the page; on Lessons the class may stand in the parameter `class`, which others use for images.

    Raises:
        ClassroomError: There is no such class, or it is full.
    """
    text = st.query_params.get(CLASS)
    if page == LESSONS and _INVITATION in st.query_params:
        text = st.query_params[_INVITATION]
        del st.query_params[_INVITATION]
    if text is None or normalise_code(text) == state.class_code():
        return
    room = CLASSES.find(text)
    if not is_teacher(room):
        room.join(visitor_id())
    _take_part(room)


def current() -> Classroom | None:
    """Return the class that the visitor takes part in; one that is gone is forgotten, and told once."""
    code = state.class_code()
    if code is None:
        return None
    try:
        return CLASSES.find(code)
    except ClassroomError:
        leave()
        st.session_state[_NOTICE] = tr(
            "Class {code} has ended. Go on by yourself, or choose a lesson on the page Lessons.", code=code
        )
        return None


def take_notice() -> str:
    """Return once that the visitor's class has ended; else nothing."""
    notice: str = st.session_state.pop(_NOTICE, "")
    return notice


def is_teacher(room: Classroom) -> bool:
    """Whether the visitor leads a class."""
    return room.teacher == visitor_id()


def is_away() -> bool:
    """Whether the visitor has left the class for now."""
    return bool(st.session_state.get(_AWAY))


def step_aside() -> None:
    """Leave the class for now."""
    st.session_state[_AWAY] = True


def come_back(room: Classroom) -> NoReturn:
    """Rejoin the class, and show what it looks at."""
    st.session_state[_AWAY] = False
    follow(room)


def leave() -> None:
    """Forget the class."""
    state.set_class_code(None)
    if CLASS in st.query_params:
        del st.query_params[CLASS]
    for key in (_SEEN, _AWAY):
        st.session_state.pop(key, None)


def has_news(room: Classroom) -> bool:
    """Whether the class was sent to an address that the visitor has not followed yet."""
    now = room.state()
    return bool(now.address) and now.addresses != st.session_state.get(_SEEN)


def follow(room: Classroom) -> NoReturn:
    """Show the address that the class was sent to last."""
    now = room.state()
    st.session_state[_SEEN] = now.addresses
    if now.address:
        state.open_view(parse_view(now.address, page_paths()))
    st.rerun()


def show_step(room: Classroom, skipped: View | None = None) -> NoReturn:
    """Show the teacher the page that belongs beside the present step; without one a question leaves the page open.

    Args:
        room: The class.
        skipped: The view of the step before, if the class has not seen it.
    """
    now = room.state()
    st.session_state[_SEEN] = now.addresses
    step = room.lesson.steps[now.step]
    beside = step.beside(is_open=now.is_revealed) or skipped
    if beside is not None:
        state.open_view(beside)
    st.rerun()


def _take_part(room: Classroom) -> None:
    leave()
    state.set_class_code(room.code)
