"""A lesson from its file: YAML whose fields, types and limits are checked; every error is told at once."""

import re
from collections.abc import Collection
from pathlib import Path

from aeviz.errors import LessonError
from aeviz.lessons.documents import load_document
from aeviz.lessons.fields import Fields
from aeviz.lessons.lesson import Choices, Lesson, Number, Question, Step
from aeviz.lessons.views import View, page_paths, parse_view

MAX_BYTES = 200_000
"""Size of a lesson file at most."""
MOST_STEPS, MOST_CHOICES, MOST_SOURCES = 40, 6, 20
MOST_MINUTES = 240
TITLE, SUMMARY, TEXT, ASK, CHOICE, EXPLANATION, SOURCE, ADDRESS, UNIT = 80, 400, 2000, 400, 160, 2000, 300, 1000, 20
FIND = 80
"""Characters of each text at most."""
_LESSON = ("title", "minutes", "summary", "sources", "steps")
_STEP = ("text", "view", "question", "before", "find", "expect", "try", "done", "explanation", "source")
_CHOICES, _NUMBER = ("choices", "correct"), ("answer", "tolerance", "unit")
_MOST_PROBLEMS = 20
"""Errors that one message holds; the rest is counted."""


def read_lesson(path: Path, pages: Collection[str] | None = None) -> Lesson:
    """Return the lesson in a file.

    Args:
        path: The file.
        pages: Paths of the pages that views may name; None stands for those of the app.

    Raises:
        LessonError: The file cannot be read, or is no lesson; see `parse_lesson`.
    """
    try:
        if not path.is_file():
            raise LessonError("is no file; name a lesson file that exists", name=path.name, is_read=False)
        size = path.stat().st_size
        content = b"" if size > MAX_BYTES else path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise LessonError(
            f"cannot be read: {reason}; check the path and the rights", name=path.name, is_read=False
        ) from error
    if size > MAX_BYTES:
        raise LessonError(_too_large(size), name=path.name)
    return parse_lesson(content, path.name, pages)


def parse_lesson(content: str | bytes, name: str = "lesson", pages: Collection[str] | None = None) -> Lesson:
    """Return the lesson that a text describes.

    Args:
        content: The YAML text, as bytes in UTF-8.
        name: Name of the file, which error messages begin with.
        pages: Paths of the pages that views may name; None stands for those of the app.

    Raises:
        LessonError: The text is no lesson. `problems` lists each error with step and field, or with the line where the
            YAML itself is broken.
    """
    size = len(content if isinstance(content, bytes) else content.encode(errors="replace"))
    if size > MAX_BYTES:
        raise LessonError(_too_large(size), name=name)
    try:
        values = load_document(_decode(content))
    except LessonError as error:
        raise LessonError(*error.problems, name=name) from error
    problems: list[str] = []
    lesson = _read_lesson(values, problems, page_paths() if pages is None else pages)
    if problems:
        left = len(problems) - _MOST_PROBLEMS
        more = [f"{left} further errors; mend these first"] if left > 0 else []
        raise LessonError(*problems[:_MOST_PROBLEMS], *more, name=name)
    return lesson


def _too_large(size: int) -> str:
    return f"has {size:,} bytes; expected at most {MAX_BYTES:,}. Shorten it, or make two lessons of it"


def _decode(content: str | bytes) -> str:
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LessonError(f"line {line}: this is no UTF-8 text; save the file as UTF-8 in your editor") from error


def _read_lesson(values: object, problems: list[str], pages: Collection[str]) -> Lesson:
    fields = Fields(values, "", problems, _LESSON)
    steps = fields.entries("steps", 1, MOST_STEPS, "steps")
    return Lesson(
        title=fields.text("title", TITLE),
        minutes=fields.whole("minutes", 1, MOST_MINUTES, "how long the lesson takes"),
        summary=fields.text("summary", SUMMARY),
        sources=fields.texts("sources", 1, MOST_SOURCES, SOURCE, "sources", required=False),
        steps=tuple(_read_step(step, f"step {k}, ", problems, pages) for k, step in enumerate(steps, start=1)),
    )


def _read_step(values: object, where: str, problems: list[str], pages: Collection[str]) -> Step:
    fields = Fields(values, where, problems, _STEP)
    view = _read_view(fields, "view", pages) or View("/")
    if fields.has("before") and not fields.has("question"):
        fields.complain("before", "is the page beside a question, and this step has none; remove the line")
    return Step(
        text=fields.text("text", TEXT),
        view=view,
        before=_read_view(fields, "before", pages, required=False),
        find=" ".join(fields.text("find", FIND, required=False).split()),
        action=fields.text("try", TEXT, required=False),
        done=_read_done(fields, view),
        question=_read_question(fields.raw("question"), f"{where}question.", problems)
        if fields.has("question")
        else None,
        expect=fields.text("expect", TEXT, required=False),
        explanation=fields.text("explanation", EXPLANATION, required=False),
        source=fields.text("source", SOURCE, required=False),
    )


def _read_view(fields: Fields, name: str, pages: Collection[str], *, required: bool = True) -> View | None:
    address = fields.text(name, ADDRESS, required=required)
    if not address:
        return None
    try:
        return parse_view(address, pages)
    except LessonError as error:
        fields.complain(f"{name}:", str(error))
        return None


def _read_done(fields: Fields, view: View) -> tuple[str, str] | None:
    name, _, value = fields.text("done", ADDRESS, required=False).partition("=")
    if not name:
        return None
    if name.endswith(">"):
        name, value = name[:-1], f">={value}"
        if not re.fullmatch(r">=-?\d+(\.\d+)?", value):
            fields.complain("done", f"is {name}{value}; expected a number behind >=, such as {name}>=0.5")
    if not fields.has("try"):
        fields.complain("done", "tells when what `try` asks for was done, and this step has no `try`")
    if value and dict(view.parameters).get(name) == value:
        fields.complain("done", f"is {name}={value}, which the view has from the start; expected what the learner sets")
    return name, value


def _read_question(values: object, where: str, problems: list[str]) -> Question | None:
    fields = Fields(values, where, problems, ("ask", *_CHOICES, *_NUMBER))
    if not fields.is_group:
        return None
    ask = fields.text("ask", ASK)
    chosen, counted = ([name for name in names if fields.has(name)] for names in (_CHOICES, _NUMBER))
    if chosen and counted:
        fields.complain(chosen[0], f"and {counted[0]} exclude each other; a question has choices or a number")
    elif not chosen and not counted:
        fields.complain("choices", "and answer are both missing; a question has choices or a number")
    elif chosen:
        choices = fields.texts("choices", 2, MOST_CHOICES, CHOICE, "choices")
        if len(set(choices)) < len(choices):
            fields.complain("choices", "has the same entry twice; every choice must differ")
        meaning = "the number of the right choice, counted from 1"
        correct = fields.whole("correct", 1, max(len(choices), 1), meaning)
        return Choices(ask=ask, choices=choices, correct=correct - 1)
    else:
        unit = fields.text("unit", UNIT, required=False)
        return Number(ask=ask, answer=fields.number("answer"), tolerance=fields.number("tolerance", low=0), unit=unit)
    return None
