"""Lessons: predict first, then look; alone or with a class."""

from aeviz.language import tr
from aeviz.web.kernel.page import page
from aeviz.web.lessons.view import show_lessons

with page(
    "lessons",
    tr("Lessons"),
    tr(
        "A lesson stands beside the pages and asks what you expect before it shows you. Take one alone or with a class."
    ),
):
    show_lessons()
