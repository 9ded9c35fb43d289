"""Lessons in another language than English."""

import pytest

from aeviz.language import in_language, tr_paragraphs
from aeviz.lessons import Choices, find_lessons
from aeviz.lessons.lesson import Number
from aeviz.lessons.tally import tally

SHIPPED = {name: listed.lesson for name, listed in find_lessons().lessons.items() if listed.is_shipped}


@pytest.mark.parametrize("name", SHIPPED)
def test_lessons_that_ship_are_read_in_german(name):
    lesson = SHIPPED[name]
    with in_language("de"):
        for text in (lesson.summary, *(step.text for step in lesson.steps)):
            for english, german in zip(text.split("\n\n"), tr_paragraphs(text).split("\n\n"), strict=True):
                assert german.strip() != english.strip()
        for step in lesson.steps:
            if isinstance(step.question, Choices):
                assert tr_paragraphs(step.question.ask) != step.question.ask
            for text in filter(None, (step.expect, step.action, step.explanation)):
                assert tr_paragraphs(text) != text


def test_an_answer_in_numbers_is_written_as_the_language_does():
    question = Number(ask="How many?", answer=1234.5, tolerance=0.5, unit="dimensions")
    assert question.solution == "1,234.5 dimensions"
    with in_language("de"):
        assert question.solution == "1.234,5 Dimensionen"
        assert [bar.label for bar in tally(question, [1234.5], is_revealed=True)] == ["1.234 bis 1.235 Dimensionen"]
