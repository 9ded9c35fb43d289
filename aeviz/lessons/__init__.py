"""Lessons: steps with a text, the address of a view and perhaps a question; and the classes that take them.

A lesson is read without Streamlit and without torch, so that `aeviz lesson check` answers at once.
"""

from aeviz.lessons.classroom import Bar, Classroom, Classrooms, ClassState
from aeviz.lessons.lesson import Answer, Choices, Lesson, Number, Question, Step
from aeviz.lessons.library import Library, Listed, find_lessons, lesson_files
from aeviz.lessons.parsing import MAX_BYTES, parse_lesson, read_lesson
from aeviz.lessons.template import TEMPLATE
from aeviz.lessons.views import View, models_named, page_paths, parse_view

__all__ = [
    "MAX_BYTES",
    "TEMPLATE",
    "Answer",
    "Bar",
    "Choices",
    "ClassState",
    "Classroom",
    "Classrooms",
    "Lesson",
    "Library",
    "Listed",
    "Number",
    "Question",
    "Step",
    "View",
    "find_lessons",
    "lesson_files",
    "models_named",
    "page_paths",
    "parse_lesson",
    "parse_view",
    "read_lesson",
]
