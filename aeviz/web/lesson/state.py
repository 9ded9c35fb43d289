"""The lesson that a visitor takes: in the session, and in the address so that a reload or a shared link resumes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

import streamlit as st

from aeviz.language import tr
from aeviz.lessons import Answer, Lesson, Library, Step, View, find_lessons, lesson_files
from aeviz.web.kernel.caching import Stamp, shared, stamp_of
from aeviz.web.kernel.navigation import CLASS, LESSON, has_gone_back, open_address

STEP = "step"
"""URL parameter: the step, counted from 1."""
UPLOADED = "uploaded"
"""Name of the lesson that the visitor has uploaded."""
_RUNNING, _UPLOAD, _RESULT, _CODE, _OPENED, _FINISHED = (
    f"lesson.{name}" for name in ("running", "upload", "result", "code", "opened", "finished")
)
"""Session keys: the running lesson; the uploaded one; how the last one ended; the class; how many views were opened;
the names of the lessons that were finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A lesson and how far the visitor has come in it."""

    name: str
    lesson: Lesson
    place: int = 0
    """The step, counted from 0."""
    given: Mapping[int, Answer | None] = field(default_factory=dict)
    """Answers by step; None where the question was skipped."""

    @property
    def step(self) -> Step:
        """The present step."""
        return self.lesson.steps[self.place]

    @property
    def is_open(self) -> bool:
        """Whether the view may be seen: there is no question, or it was answered or skipped."""
        return self.step.question is None or self.place in self.given

    @property
    def is_last(self) -> bool:
        """Whether no step follows."""
        return self.place == len(self.lesson.steps) - 1

    def result(self) -> tuple[int, int]:
        """Return how many predictions were right, and how many were made."""
        made = [(self.lesson.steps[place].question, answer) for place, answer in self.given.items()]
        judged = [question.is_right(answer) for question, answer in made if question is not None and answer is not None]
        return sum(judged), len(judged)


def running() -> Running | None:
    """Return the running lesson."""
    found: Running | None = st.session_state.get(_RUNNING)
    return found


def library() -> Library:
    """Return the lessons on offer."""
    return _library(stamp_of(lesson_files()))


@shared(max_entries=4)  # some hundred kB of text each
def _library(stamp: Stamp) -> Library:
    return find_lessons()


def uploaded() -> Lesson | None:
    """Return the lesson that the visitor has uploaded."""
    lesson: Lesson | None = st.session_state.get(_UPLOAD)
    return lesson


def keep_upload(lesson: Lesson | None) -> None:
    """Keep a visitor's own lesson for the visit."""
    st.session_state[_UPLOAD] = lesson


def find(name: str) -> Lesson | None:
    """Return the lesson of a name, the visitor's own one among them."""
    if name == UPLOADED:
        return uploaded()
    listed = library().lessons.get(name)
    return None if listed is None else listed.lesson


def start(name: str, lesson: Lesson) -> NoReturn:
    """Begin a lesson."""
    st.session_state.pop(_RESULT, None)
    go_on(Running(name=name, lesson=lesson))


def go_on(now: Running) -> NoReturn:
    """Show a lesson as it is now: its view where that may be seen, else the page that belongs beside its question."""
    st.session_state[_RUNNING] = now
    beside = now.step.beside(is_open=now.is_open)
    if beside is not None:
        open_view(beside)
    st.rerun()


def answer(now: Running, given: Answer | None) -> NoReturn:
    """Note the answer to the present question, None where it is skipped, and show the view."""
    go_on(replace(now, given={**now.given, now.place: given}))


def finish() -> NoReturn:
    """End the lesson; the page Lessons tells how it went."""
    now = running()
    if now is not None:
        st.session_state[_RESULT] = now
        st.session_state[_FINISHED] = finished() | {now.name}
    drop()
    open_address("/lessons", [])


def drop() -> None:
    """Forget the running lesson, also in the address, which would bring it back."""
    st.session_state.pop(_RUNNING, None)
    for name in (LESSON, STEP):
        if name in st.query_params:
            del st.query_params[name]


def finished() -> frozenset[str]:
    """Return the names of the lessons that were taken to their ends during this visit."""
    return frozenset(st.session_state.get(_FINISHED, ()))


def ended() -> Running | None:
    """Return the lesson that was finished last, with its answers; None before that."""
    found: Running | None = st.session_state.get(_RESULT)
    return found


def open_view(view: View) -> NoReturn:
    """Show a view beside the lesson."""
    st.session_state[_OPENED] = views_opened() + 1
    open_address(view.page, [*view.parameters, *_own_parameters().items()])


def views_opened() -> int:
    """Return how many views were opened in this visit."""
    count: int = st.session_state.get(_OPENED, 0)
    return count


def class_code() -> str | None:
    """Return the code of the class that the visitor takes part in."""
    code: str | None = st.session_state.get(_CODE)
    return code


def set_class_code(code: str | None) -> None:
    """Note the class that the visitor takes part in."""
    st.session_state[_CODE] = code


def resume_from_address(page: str) -> str:
    """Begin the lesson that the address names, or follow Back and Forward of the browser.

    Args:
        page: Path of the page of the address. From Lessons, a lesson that begins goes to the page beside its step.

    Returns:
        Why that is not possible; empty where nothing is wrong.
    """
    name = st.query_params.get(LESSON)
    now = running()
    if name is None or class_code() is not None:
        return ""
    text = st.query_params.get(STEP, "1")
    if now is not None and now.name == name and not has_gone_back():
        return ""  # the session knows better: an address may be older than the last click
    lesson = now.lesson if now is not None and now.name == name else find(name)
    if lesson is None:
        del st.query_params[LESSON]
        return (
            tr(
                "The address names a lesson that you uploaded in an earlier visit; lessons of your own are not stored. "
                "Upload the file again on the page Lessons."
            )
            if name == UPLOADED
            else tr("The address names a lesson that is not here. Choose one on the page Lessons.")
        )
    place = int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    place = min(max(place, 0), len(lesson.steps) - 1)
    before = now.given if now is not None and now.name == name else {}
    found = Running(name=name, lesson=lesson, place=place, given=before)
    if page == "/lessons" and now is None and found.step.beside(is_open=found.is_open) is not None:
        go_on(found)
    st.session_state[_RUNNING] = found
    return ""


def keep_in_address() -> None:
    """Write lesson and step, or the class, into the address, and take out what does not hold any more."""
    own = _own_parameters()
    for name in (LESSON, STEP, CLASS):
        if name in own and st.query_params.get(name) != own[name]:
            st.query_params[name] = own[name]
        elif name not in own and name in st.query_params:
            del st.query_params[name]


def _own_parameters() -> dict[str, str]:
    code, now = class_code(), running()
    if code is not None:
        return {CLASS: code}
    return {} if now is None else {LESSON: now.name, STEP: str(now.place + 1)}
