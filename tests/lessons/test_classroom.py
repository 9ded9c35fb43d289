"""A class: codes, students, answers, what followers are sent, and many threads at once."""

import csv
import io
import re
import threading

import pytest

from aeviz.errors import ClassroomError
from aeviz.lessons import Classrooms, parse_lesson
from aeviz.lessons.classroom import IDLE_S, LETTERS, MOST_CLASSES, MOST_STUDENTS

LESSON = parse_lesson(
    """
title: T
minutes: 1
summary: S
steps:
  - {text: First., view: /}
  - text: Second.
    view: "/explore?model=vae-2d"
    question: {ask: "Which?", choices: [a, "=b", c], correct: 2}
  - text: Third.
    view: "/decode?model=vae-2d"
    question: {ask: "How many?", answer: 10, tolerance: 1, unit: nats}
"""
)


@pytest.fixture
def rooms(clock):
    return Classrooms(clock)


@pytest.fixture
def room(rooms):
    return rooms.open(LESSON, "teacher")


def test_code_has_no_letters_that_look_alike(room):
    assert re.fullmatch("[A-Z]{5}", room.code)
    assert set(LETTERS).isdisjoint("ILO")


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f"  {code[:2]} {code[2:]} ", lambda code: f"{code[:3]}-{code[3:]}"]
)
def test_code_is_found_however_it_is_typed(rooms, room, change):
    assert rooms.find(change(room.code)) is room


@pytest.mark.parametrize("text", ["", "ABC", "AB1CD", "ABCDEF", "<b>x</b>", "ABLCD", "ÄBCDE"])
def test_text_that_is_no_code_is_told(rooms, text):
    with pytest.raises(ClassroomError, match="is no class code; expected 5 letters"):
        rooms.find(text)


def test_unknown_code_is_told(rooms, room):
    other = "ABCDE" if room.code != "ABCDE" else "ABCDF"
    with pytest.raises(ClassroomError, match=f"there is no class {other}. It may have ended; check the letters"):
        rooms.find(other)


def test_followers_are_sent_to_views_only_when_they_may_see_them(room):
    room.move(0)
    assert room.state().address == "/"
    sent = room.state().addresses
    room.move(1)  # its question comes first
    assert (room.state().address, room.state().addresses) == ("/", sent)
    room.reveal()
    assert room.state().address == "/explore?model=vae-2d"
    assert room.state().is_revealed
    room.move(2)
    assert not room.state().is_revealed
    room.move(1)  # told already
    assert room.state().address == "/explore?model=vae-2d"
    assert room.state().is_revealed
    room.send("/decode?model=vae-10d")
    assert room.state().address == "/decode?model=vae-10d"


def test_question_that_is_passed_over_leaves_followers_at_its_view(room):
    room.move(1)
    room.move(2)  # the text of the third step begins at the page of the second
    assert room.state().address == "/explore?model=vae-2d"
    assert not room.state().is_revealed
    sent = room.state().addresses
    room.move(1)
    assert room.state().addresses == sent, "going back shows nothing that was not told"


def test_answers_do_not_make_followers_draw_anew(room):
    room.join("s")
    room.move(1)
    before = room.state().stage
    room.answer("s", 1, 0)
    assert room.state().stage == before
    assert room.state().answered == 1
    room.reveal()
    assert room.state().stage > before


def test_student_counts_once_and_may_change_the_answer_until_it_is_told(room):
    room.move(1)
    for student in ("one", "two", "one"):
        room.join(student)
    room.answer("one", 1, 0)
    room.answer("two", 1, 0)
    room.answer("one", 1, 1)
    assert [bar.count for bar in room.bars()] == [1, 1, 0]
    assert not any(bar.is_right for bar in room.bars())
    room.reveal()
    assert [bar.is_right for bar in room.bars()] == [False, True, False]
    with pytest.raises(ClassroomError, match="the answer has been told"):
        room.answer("two", 1, 1)
    assert (room.state().students, room.state().answered) == (2, 2)
    assert room.answer_of("one", 1) == 1
    assert room.answer_of("nobody", 1) is None


@pytest.mark.parametrize("answer", [-1, 3, 0.5, float("nan"), float("inf")])
def test_answer_that_is_not_on_offer_is_refused(room, answer):
    room.join("s")
    room.move(1)
    with pytest.raises(ClassroomError, match="no such answer"):
        room.answer("s", 1, answer)


def test_answer_to_another_step_is_refused(room):
    room.join("s")
    room.move(1)
    for step in (0, 2, 99, -1):
        with pytest.raises(ClassroomError, match="another step"):
            room.answer("s", step, 0)
    with pytest.raises(ClassroomError, match="join class"):
        room.answer("stranger", 1, 0)


def test_numbers_are_sorted_into_ranges_that_do_not_tell_the_answer(room):
    room.move(2)
    assert room.bars() == []
    for place, number in enumerate([10, 10.5, 9, 3, 4, 1000, 3]):
        room.join(f"s{place}")
        room.answer(f"s{place}", 2, number)
    before = room.bars()
    assert sum(bar.count for bar in before) == 7
    assert [bar.label for bar in before][:2] == ["3 nats", "4 nats"]
    room.reveal()
    after = room.bars()
    assert sum(bar.count for bar in after) == 7
    (right,) = (bar for bar in after if bar.is_right)
    assert (right.label, right.count) == ("9 to 11 nats", 3)


def test_many_numbers_make_few_bars(room):
    room.move(2)
    for number in range(100):
        room.join(str(number))
        room.answer(str(number), 2, number)
    for _ in range(2):
        assert len(room.bars()) <= 7
        assert sum(bar.count for bar in room.bars()) == 100
        room.reveal()


def test_table_has_a_line_for_each_answer(room):
    for student in ("zoe", "adam"):
        room.join(student)
    room.move(1)
    room.answer("adam", 1, 1)
    room.answer("zoe", 1, 0)
    room.move(2)
    room.answer("adam", 2, -3.5)
    head, *rows = csv.reader(io.StringIO(room.to_csv()))
    assert head == ["step", "question", "student", "answer", "right"]
    assert rows == [
        ["2", "Which?", "1", "a", "no"],
        ["2", "Which?", "2", "'=b", "yes"],  # no formula
        ["3", "How many?", "2", "-3.5", "no"],
    ]
    assert "zoe" not in room.to_csv()


def test_class_that_has_ended_is_gone(rooms, room):
    room.join("s")
    rooms.close(room)
    assert room.state().is_ended
    with pytest.raises(ClassroomError, match="there is no class"):
        rooms.find(room.code)
    with pytest.raises(ClassroomError, match=f"class {room.code} has ended"):
        room.join("late")
    assert room.to_csv().count("\n") == 1  # forgotten


def test_class_ends_after_half_a_day_without_a_hand(rooms, room, clock):
    clock.now = IDLE_S - 1
    assert rooms.find(room.code) is room
    room.state()
    room.join("s")  # somebody is there
    clock.now = 2 * IDLE_S - 2
    assert rooms.find(room.code) is room
    for _ in range(3):
        room.state()  # a screen that polls is nobody
    clock.now = 2 * IDLE_S + 1
    with pytest.raises(ClassroomError, match="there is no class"):
        rooms.find(room.code)


def test_classes_and_students_are_limited(rooms, room, clock):
    for number in range(MOST_STUDENTS):
        room.join(str(number))
    room.join("0")
    with pytest.raises(ClassroomError, match="is full: it has 200 students"):
        room.join("one more")
    for _ in range(MOST_CLASSES - 1):
        rooms.open(LESSON, "teacher")
    with pytest.raises(ClassroomError, match="50 classes are open on this server"):
        rooms.open(LESSON, "teacher")
    clock.now = IDLE_S + 1
    assert len(rooms) == 0
    rooms.open(LESSON, "teacher")


def test_step_outside_the_lesson_is_refused(room):
    for step in (-1, 3):
        with pytest.raises(ClassroomError, match="it has 3"):
            room.move(step)


def test_many_threads_lose_no_answer(rooms, room):
    """Two hundred students answer, some twice, while the teacher looks on and others open classes."""
    room.move(1)
    errors = []
    begin = threading.Barrier(21)

    def study(first):
        try:
            begin.wait()
            for number in range(first, first + 10):
                found = rooms.find(room.code)
                found.join(f"s{number}")
                for answer in (0, 1, number % 3):
                    found.answer(f"s{number}", 1, answer)
        except Exception as error:  # noqa: BLE001 - told below
            errors.append(error)

    def teach():
        try:
            begin.wait()
            for _ in range(200):
                state = room.state()
                assert sum(bar.count for bar in room.bars()) >= state.answered - 200
                room.to_csv()
                rooms.close(rooms.open(LESSON, "another"))
        except Exception as error:  # noqa: BLE001 - told below
            errors.append(error)

    threads = [threading.Thread(target=study, args=(10 * k,)) for k in range(20)] + [threading.Thread(target=teach)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []
    assert (room.state().students, room.state().answered) == (200, 200)
    assert [bar.count for bar in room.bars()] == [67, 67, 66]
