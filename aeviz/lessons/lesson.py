"""What a lesson consists of."""

from dataclasses import dataclass

from aeviz.language import number, tr
from aeviz.lessons.views import View

Answer = float
"""An answer to a question: the place of a choice, counted from 0, or a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A question with a few answers to choose from."""

    ask: str
    """The question, as Markdown."""
    choices: tuple[str, ...]
    """The answers on offer."""
    correct: int
    """Place of the right one, counted from 0."""

    @property
    def solution(self) -> str:
        """The right answer in words."""
        return self.choices[self.correct]

    def is_possible(self, answer: Answer) -> bool:
        """Whether an answer is one of those on offer."""
        return answer in range(len(self.choices))

    def is_right(self, answer: Answer) -> bool:
        """Whether an answer is the right one."""
        return answer == self.correct

    def describe(self, answer: Answer) -> str:
        """Return an answer in words."""
        return self.choices[int(answer)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A question whose answer is a number."""

    ask: str
    """The question, as Markdown."""
    answer: float
    """The right number."""
    tolerance: float
    """How far from it an answer may be and still counts as right."""
    unit: str = ""
    """Unit of the number, such as nats."""

    @property
    def solution(self) -> str:
        """The right answer in words."""
        return self.describe(self.answer)

    def is_possible(self, answer: Answer) -> bool:
        """Whether an answer is a number that can be compared with the right one."""
        return abs(answer) < 1e300  # neither infinite nor NaN

    def is_right(self, answer: Answer) -> bool:
        """Whether an answer is as close to the right number as the tolerance asks."""
        return abs(answer - self.answer) <= self.tolerance + 1e-9 * abs(self.answer)  # 0.1 + 0.2 counts as 0.3

    def describe(self, answer: Answer) -> str:
        """Return an answer in words."""
        return f"{number(answer, ',.6g')} {tr(self.unit) if self.unit else ''}".strip()


Question = Choices | Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a lesson."""

    text: str
    """What the learner reads, as Markdown."""
    view: View
    """The page that stands beside it; with a question it opens after the answer."""
    question: Question | None = None
    """What the learner predicts before the view opens."""
    before: View | None = None
    """The page beside the question, which does not give the answer away; None leaves the page that is open."""
    find: str = ""
    """Words on the page of the view, to which it is scrolled."""
    expect: str = ""
    """What to look for in the view, as Markdown."""
    action: str = ""
    """What to do there, as Markdown."""
    done: tuple[str, str] | None = None
    """Parameter of the address that tells that it was done, and its value then: empty for any other than before, ">="
    with a number for that or more."""
    explanation: str = ""
    """Why it is so, as Markdown; shown with the view."""
    source: str = ""
    """Where that is from, as Markdown; folded."""

    def beside(self, *, is_open: bool) -> View | None:
        """Return the page that belongs beside this step, its question answered (`is_open`) or not; None for any."""
        return self.view if is_open or self.question is None else self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson."""

    title: str
    minutes: int
    """How long it takes."""
    summary: str
    """What one learns, in a sentence or two."""
    steps: tuple[Step, ...]
    sources: tuple[str, ...] = ()
    """What it rests on, with section and page."""

    @property
    def questions(self) -> int:
        """How many steps have a question."""
        return sum(step.question is not None for step in self.steps)
