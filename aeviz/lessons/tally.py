"""Answers of a class, counted for bars and written as a table."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aeviz.language import number, tr
from aeviz.lessons.lesson import Answer, Choices, Lesson, Number, Question

MOST_BINS = 7
"""Bars that the answers to a question for a number are sorted into."""
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many gave one answer, or one of a range."""

    label: str
    """The choice as Markdown, or the range of numbers."""
    count: int
    is_right: bool = False
    """Whether it is, or holds, the right answer, and that is told."""


def tally(question: Question, answers: Sequence[Answer], *, is_revealed: bool) -> list[Bar]:
    """Return how often each choice was given; numbers are sorted into ranges of equal width.

    Args:
        question: The question.
        answers: All answers to it.
        is_revealed: Whether the right answer may be recognised; before that no bar tells it.
    """
    if isinstance(question, Choices):
        return [
            Bar(
                label=choice,
                count=sum(answer == place for answer in answers),
                is_right=is_revealed and place == question.correct,
            )
            for place, choice in enumerate(question.choices)
        ]
    return _sort(question, answers) if is_revealed else _ranges(question, answers, MOST_BINS)


def _sort(question: Number, answers: Sequence[Answer]) -> list[Bar]:
    """Return a bar for the right range, and bars of equal width for the numbers below and above it."""
    low, high = question.answer - question.tolerance, question.answer + question.tolerance
    right = [answer for answer in answers if question.is_right(answer)]
    below = [answer for answer in answers if not question.is_right(answer) and answer < question.answer]
    above = [answer for answer in answers if not question.is_right(answer) and answer > question.answer]
    exact = question.describe(question.answer)
    label = (
        exact
        if question.tolerance == 0
        else tr("{low} to {high}", low=number(low, ",.4g"), high=question.describe(high))
    )
    bins = MOST_BINS // 2
    return [
        *_ranges(question, below, bins),
        Bar(label=label, count=len(right), is_right=True),
        *_ranges(question, above, bins),
    ]


def _ranges(question: Number, answers: Sequence[Answer], bins: int) -> list[Bar]:
    if not answers:
        return []
    low, high = min(answers), max(answers)
    if len(set(answers)) <= bins:
        counts = {value: list(answers).count(value) for value in sorted(set(answers))}
        return [Bar(label=question.describe(value), count=n) for value, n in counts.items()]
    width = (high - low) / bins
    places = [min(bins - 1, math.floor((answer - low) / width)) for answer in answers]
    return [
        Bar(
            label=tr(
                "{low} to {high}", low=number(low + k * width, ",.4g"), high=question.describe(low + (k + 1) * width)
            ),
            count=places.count(k),
        )
        for k in range(bins)
    ]


def answers_to_csv(lesson: Lesson, answers: Mapping[int, Mapping[str, Answer]], numbers: Mapping[str, int]) -> str:
    """Return a table with a line for each answer.

    Args:
        lesson: The lesson.
        answers: By step, counted from 0, and student.
        numbers: What students are called in the table.
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["step", "question", "student", "answer", "right"])
    for step in sorted(answers):
        question = lesson.steps[step].question
        if question is None:
            continue
        for student, answer in sorted(answers[step].items(), key=lambda item: numbers[item[0]]):
            value = question.describe(answer) if isinstance(question, Choices) else answer
            right = "yes" if question.is_right(answer) else "no"
            table.writerow([step + 1, _plain(question.ask), numbers[student], _plain(value), right])
    return text.getvalue()


def _plain(value: str | float) -> str | float:
    """Return a cell that a spreadsheet does not compute."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
