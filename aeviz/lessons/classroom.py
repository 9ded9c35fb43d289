"""Classes that take a lesson together: in the memory of the server, without accounts, for half a day.

A teacher opens a class and gets a code; whoever has the code joins. Nothing is written to disk. Students are counted by
an identifier that says nothing of them.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from aeviz.errors import ClassroomError
from aeviz.language import tr
from aeviz.lessons.lesson import Answer, Lesson, Question
from aeviz.lessons.tally import Bar, answers_to_csv, tally

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters of a code: no I, L and O, which look like others."""
CODE_LENGTH = 5
MOST_STUDENTS, MOST_CLASSES = 200, 50
IDLE_S = 12 * 3600.0
"""Seconds without an action after which a class is closed."""

__all__ = ["Bar", "ClassState", "Classroom", "Classrooms", "normalise_code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassState:
    """A class at one moment."""

    step: int
    """The teacher's step, counted from 0."""
    is_revealed: bool
    """Whether the answer of that step is told."""
    address: str
    """The address that followers show; empty before the first."""
    addresses: int
    """How many addresses the followers were sent, so that a follower knows which are new."""
    stage: int
    """Grows with whatever followers have to show anew, but not with answers."""
    students: int
    answered: int
    """Students who have answered the present question."""
    is_ended: bool


class Classroom:
    """One class; every method may be called from any thread.

    Args:
        code: Its code.
        lesson: What it takes.
        teacher: Identifier of the visitor who leads it.
        clock: Returns seconds; it never goes back.
    """

    def __init__(self, code: str, lesson: Lesson, teacher: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.code, self.lesson, self.teacher = code, lesson, teacher
        self._clock = clock
        self._lock = threading.Lock()
        self._touched = clock()
        self._step = self._addresses = self._stage = 0
        self._address = ""
        self._revealed: set[int] = set()
        self._students: dict[str, int] = {}
        self._answers: dict[int, dict[str, Answer]] = {}
        self._is_ended = False

    def state(self) -> ClassState:
        """Return the class as it is now."""
        with self._lock:
            return ClassState(
                step=self._step,
                is_revealed=self._step in self._revealed,
                address=self._address,
                addresses=self._addresses,
                stage=self._stage,
                students=len(self._students),
                answered=len(self._answers.get(self._step, {})),
                is_ended=self._is_ended,
            )

    def is_idle(self) -> bool:
        """Whether nobody has done anything for so long that the class is over."""
        with self._lock:
            return self._clock() - self._touched > IDLE_S

    # Students

    def join(self, student: str) -> None:
        """Count a student in; a second time changes nothing.

        Raises:
            ClassroomError: The class is full or has ended.
        """
        with self._lock:
            self._insist_on_open()
            if student not in self._students:
                if len(self._students) >= MOST_STUDENTS:
                    raise ClassroomError(
                        tr("class {code} is full: it has {count} students", code=self.code, count=MOST_STUDENTS)
                    )
                self._students[student] = len(self._students) + 1
            self._touched = self._clock()

    def answer(self, student: str, step: int, answer: Answer) -> None:
        """Take a student's answer to the present question in place of an earlier one.

        Raises:
            ClassroomError: The class is at another step, the answer is told, or it is no answer to the question.
        """
        with self._lock:
            self._insist_on_open()
            question = self._question(step)
            if student not in self._students:
                raise ClassroomError(f"join class {self.code} before you answer")
            if step != self._step:
                raise ClassroomError(tr("the class has gone on to another step; your answer was not counted"))
            if step in self._revealed:
                raise ClassroomError(tr("the answer has been told; your answer was not counted"))
            if question is None or not question.is_possible(answer):
                raise ClassroomError(f"step {step + 1} has no such answer; choose one of those on offer")
            self._answers.setdefault(step, {})[student] = answer
            self._touched = self._clock()

    def answer_of(self, student: str, step: int) -> Answer | None:
        """Return what a student has answered to the question of a step; None where they have not."""
        with self._lock:
            return self._answers.get(step, {}).get(student)

    # The teacher

    def move(self, step: int) -> None:
        """Go to a step; where it has no question, or its answer is told, followers see its view.

        Where its question is open they see the page that belongs beside it. Where none does they see the view of the
        step before, in case its answer was never told.
        """
        with self._lock:
            self._insist_on_open()
            if not 0 <= step < len(self.lesson.steps):
                raise ClassroomError(f"the lesson has no step {step + 1}; it has {len(self.lesson.steps)}")
            left, self._step = self._step, step
            self._change()
            beside = self.lesson.steps[step].beside(is_open=step in self._revealed)
            if beside is not None:
                self._send(str(beside))
            elif step == left + 1 and self._question(left) is not None and left not in self._revealed:
                self._send(str(self.lesson.steps[left].view))

    def reveal(self) -> None:
        """Tell the answer of the present step, and send the followers to its view."""
        with self._lock:
            self._insist_on_open()
            self._revealed.add(self._step)
            self._send(str(self.lesson.steps[self._step].view))

    def send(self, address: str) -> None:
        """Send the followers to an address."""
        with self._lock:
            self._insist_on_open()
            self._send(address)

    def end(self) -> None:
        """End the class and forget all answers."""
        with self._lock:
            self._is_ended = True
            self._answers.clear()
            self._students.clear()
            self._change()

    def bars(self) -> list[Bar]:
        """Return how the present question was answered; nothing where the step has no question."""
        with self._lock:
            question = self._question(self._step)
            answers = list(self._answers.get(self._step, {}).values())
            is_revealed = self._step in self._revealed
        return [] if question is None else tally(question, answers, is_revealed=is_revealed)

    def to_csv(self) -> str:
        """Return all answers as a table in CSV; students are numbered in the order in which they joined."""
        with self._lock:
            numbers = dict(self._students)
            answers = {step: dict(given) for step, given in self._answers.items()}
        return answers_to_csv(self.lesson, answers, numbers)

    def _question(self, step: int) -> Question | None:
        return self.lesson.steps[step].question if 0 <= step < len(self.lesson.steps) else None

    def _insist_on_open(self) -> None:
        if self._is_ended:
            raise ClassroomError(tr("class {code} has ended", code=self.code))

    def _send(self, address: str) -> None:
        self._address = address
        self._addresses += 1
        self._change()

    def _change(self) -> None:
        self._stage += 1
        self._touched = self._clock()


class Classrooms:
    """The classes of a server.

    Args:
        clock: Returns seconds; it never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, Classroom] = {}

    def open(self, lesson: Lesson, teacher: str) -> Classroom:
        """Open a class for a lesson.

        Raises:
            ClassroomError: As many classes are open as the server holds.
        """
        with self._lock:
            self._tidy()
            if len(self._rooms) >= MOST_CLASSES:
                raise ClassroomError(
                    tr("{count} classes are open on this server; try again when one has ended", count=MOST_CLASSES)
                )
            code = self._new_code()
            room = self._rooms[code] = Classroom(code, lesson, teacher, self._clock)
            return room

    def find(self, text: str) -> Classroom:
        """Return the class with a code, however it is typed.

        Raises:
            ClassroomError: There is none.
        """
        code = normalise_code(text)
        if len(code) != CODE_LENGTH or not set(code) <= set(LETTERS):
            raise ClassroomError(
                tr(
                    "{text} is no class code; expected {count} letters, such as KRTMB. I, L and O do not occur",
                    text=repr(text.strip()[:20]),
                    count=CODE_LENGTH,
                )
            )
        with self._lock:
            self._tidy()
            room = self._rooms.get(code)
        if room is None:
            raise ClassroomError(
                tr("there is no class {code}. It may have ended; check the letters with your teacher", code=code)
            )
        return room

    def close(self, room: Classroom) -> None:
        """End a class and forget it."""
        with self._lock:
            self._rooms.pop(room.code, None)
        room.end()

    def __len__(self) -> int:
        """How many classes are open."""
        with self._lock:
            self._tidy()
            return len(self._rooms)

    def _tidy(self) -> None:
        for code in [code for code, room in self._rooms.items() if room.is_idle()]:
            self._rooms.pop(code).end()

    def _new_code(self) -> str:
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
            if code not in self._rooms:
                return code


def normalise_code(text: str) -> str:
    """Return a code as it is kept: upper case, without spaces and hyphens."""
    return "".join(text.split()).replace("-", "").upper()
