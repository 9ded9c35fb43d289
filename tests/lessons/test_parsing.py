"""A lesson file: what it may hold, and how each error is worded."""

import textwrap

import pytest

from aeviz.errors import LessonError
from aeviz.lessons import MAX_BYTES, TEMPLATE, Choices, Number, parse_lesson, read_lesson
from aeviz.lessons.documents import MAX_DEPTH

PAGES = frozenset({"/", "/explore", "/decode", "/lessons"})
HEAD = "title: T\nminutes: 10\nsummary: S\nsteps:\n"


def step(text):
    """A lesson of one step with these fields."""
    return HEAD + "  - " + textwrap.indent(textwrap.dedent(text).strip(), "    ").strip() + "\n"


def problems(text):
    """What is wrong with a text, all of it."""
    with pytest.raises(LessonError) as caught:
        parse_lesson(text, "my.yaml", PAGES)
    assert str(caught.value).startswith("my.yaml: ")
    return list(caught.value.problems)


def test_complete_lesson_is_read():
    lesson = parse_lesson(
        step("""
            text: Look.
            view: /explore?model=vae-2d&ellipses=all
            question: {ask: "Which?", choices: [a, b, c], correct: 3}
            before: /explore?model=vae-2d
            find: Test  error
            expect: E
            try: Turn it on.
            done: align=true
            explanation: $x$
        """)
        + "  - text: More.\n    view: /\n    question: {ask: 'How many?', answer: 2.5, tolerance: 0.5, unit: nats}\n"
        + "sources: [one, two]\n",
        "my.yaml",
        PAGES,
    )
    assert (lesson.title, lesson.minutes, lesson.summary, lesson.sources) == ("T", 10, "S", ("one", "two"))
    first, second = lesson.steps
    assert first.view.page == "/explore"
    assert first.view.parameters == (("model", "vae-2d"), ("ellipses", "all"))
    assert first.question == Choices(ask="Which?", choices=("a", "b", "c"), correct=2)
    assert (first.expect, first.explanation) == ("E", "$x$")
    assert (first.find, first.action, first.done) == ("Test error", "Turn it on.", ("align", "true"))
    assert str(first.beside(is_open=False)) == "/explore?model=vae-2d"
    assert first.beside(is_open=True) == first.view
    assert second.beside(is_open=False) is None
    assert second.question == Number(ask="How many?", answer=2.5, tolerance=0.5, unit="nats")
    assert lesson.questions == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("before: /explore", "step 1, before is the page beside a question, and this step has none; remove the line"),
        ("question: {ask: Q, choices: [a, b], correct: 1}\nbefore: /explor", "did you mean /explore?"),
        ("try: T\ndone: memory>=much", "step 1, done is memory>=much; expected a number behind >="),
        ("done: align", "step 1, done tells when what `try` asks for was done, and this step has no `try`"),
        ("try: T\ndone: model=vae-2d", "step 1, done is model=vae-2d, which the view has from the start"),
    ],
)
def test_pages_and_actions_are_checked(fields, expected):
    (problem,) = problems(step(f"text: T\nview: /explore?model=vae-2d\n{fields}"))
    assert expected in problem


def test_template_is_a_lesson():
    assert parse_lesson(TEMPLATE, "template").questions == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- 1\n", "the file is [1]; expected the fields title, minutes, summary, sources, steps"),
        ("", "the file is None; expected the fields"),
        (HEAD.replace("minutes", "minuts") + "  []\n", "minuts is no field; did you mean 'minutes'?"),
        (HEAD + "  []\n", "steps has 0 steps; expected 1 to 40"),
        ("title: T\nminutes: 10\nsummary: S\n", "steps is missing"),
        (step("text: T\nview: /\ncolor: red"), "step 1, color is no field; expected only text, view, question"),
        (step("text: 5\nview: /"), "step 1, text is 5; expected text. Put it in quotes"),
        (step("text:\nview: /"), "step 1, text is empty; write its value behind the colon"),
        (step("view: /"), "step 1, text is missing"),
        (step("text: T"), "step 1, view is missing"),
        (step(f"text: {'x' * 2001}\nview: /"), "step 1, text has 2,001 characters; expected at most 2,000"),
        (HEAD + "  - 7\n", "step 1 is 7; expected the fields text, view"),
        (step("text: T\nview: /explor?model=a"), "'/explor' is no page; did you mean /explore?"),
        (step("text: T\nview: /xyz"), "'/xyz' is no page; expected one of /, /decode"),
        (step("text: T\nview: https://aeviz.org/decode"), "is no address of a page; expected one that starts with /"),
        (step("text: T\nview: decode"), "is no address of a page; expected one that starts with /"),
        (step("text: T\nview: //evil.org/decode"), "is no address of a page"),
        (step("text: T\nview: /\nquestion: why"), "step 1, question is 'why'; expected the fields ask, choices"),
        (step("text: T\nview: /\nquestion: {ask: W}"), "question.choices and answer are both missing"),
        (
            step("text: T\nview: /\nquestion: {ask: W, choices: [a, b], answer: 3}"),
            "question.choices and answer exclude each other",
        ),
        (
            step("text: T\nview: /\nquestion: {ask: W, choices: [a], correct: 1}"),
            "question.choices has 1 choices; expected 2 to 6",
        ),
        (
            step("text: T\nview: /\nquestion: {ask: W, choices: [a, b, c, d, e, f, g], correct: 1}"),
            "question.choices has 7 choices; expected 2 to 6",
        ),
        (
            step("text: T\nview: /\nquestion: {ask: W, choices: [a, b], correct: 3}"),
            "question.correct is 3; expected a whole number from 1 to 2, the number of the right choice",
        ),
        (step("text: T\nview: /\nquestion: {ask: W, choices: [a, b], correct: 0}"), "question.correct is 0; expected"),
        (step("text: T\nview: /\nquestion: {ask: W, choices: [a, b]}"), "question.correct is missing"),
        (step("text: T\nview: /\nquestion: {ask: W, choices: [a, a], correct: 1}"), "has the same entry twice"),
        (
            step("text: T\nview: /\nquestion: {ask: W, choices: [yes, b], correct: 1}"),
            "question.choices, entry 1, is True; expected text. Put it in quotes",
        ),
        (step("text: T\nview: /\nquestion: {ask: W, answer: two, tolerance: 0}"), "question.answer is 'two'; expected"),
        (step("text: T\nview: /\nquestion: {ask: W, answer: .inf, tolerance: 0}"), "question.answer is inf; expected"),
        (
            step("text: T\nview: /\nquestion: {ask: W, answer: 2, tolerance: -1}"),
            "question.tolerance is -1; expected a number from 0 up",
        ),
        (step("text: T\nview: /\nquestion: {ask: W, answer: 2}"), "question.tolerance is missing"),
        (HEAD.replace("10", "0") + "  - {text: T, view: /}\n", "minutes is 0; expected a whole number from 1 to 240"),
        (HEAD.replace("10", "2.5") + "  - {text: T, view: /}\n", "minutes is 2.5; expected a whole number"),
        (HEAD.replace("10", "true") + "  - {text: T, view: /}\n", "minutes is True; expected a whole number"),
        (HEAD.replace("title: T", "title: [T]") + "  - {text: T, view: /}\n", "title is ['T']; expected text"),
        (HEAD + "  - {text: T, view: /}\nsources: S2\n", "sources is 'S2'; expected a list of sources"),
    ],
)
def test_error_names_place_and_remedy(text, expected):
    found = problems(text)
    assert any(expected in problem for problem in found), found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: T\n  minutes: 1\n", "line 2: the YAML is broken here"),
        ("title: a: b\n", "line 1: the YAML is broken here: mapping values are not allowed here; put a text that"),
        ("title: T\n\tminutes: 3\n", "line 2: the YAML is broken here"),
        ("title: [a\n", "and close every bracket"),
        ('title: T\nsummary: "$\\mu$"\n', "line 2: the YAML is broken here"),
        ("title: T\ntitle: U\n", "line 2: 'title' is given twice"),
        ("a: &x [1]\nb: *x\n", "line 1: anchors (&) and aliases (*) are not used in lessons"),
        ("b: *x\n", "line 1: anchors (&) and aliases (*) are not used"),
        ("title: !!python/object/apply:os.system [ls]\n", "line 1: the YAML is broken here: could not determine"),
        ("a: " + "[" * (MAX_DEPTH + 1) + "\n", "nested more than"),
        ("a: " + "[" * 100_000 + "\n", "nested more than"),
        ("a: " + "9" * 5000 + "\n", "this is no YAML text"),
        ("a: \x00\n", "this is no YAML text"),
    ],
)
def test_broken_yaml_names_the_line(text, expected):
    (problem,) = problems(text)
    assert expected in problem


def test_aliases_do_not_grow():
    """Nine lines that stand for ten billion entries are refused before one is built."""
    lines = ["a0: &a0 [" + ",".join("x" * 10) + "]"]
    lines += [f"a{k}: &a{k} [" + ",".join([f"*a{k - 1}"] * 10) + "]" for k in range(1, 10)]
    (problem,) = problems("\n".join(lines))
    assert "anchors" in problem


def test_all_errors_are_told_at_once():
    found = problems("title: 3\nminutes: x\nsteps:\n  - {text: T, view: /nowhere}\n  - {view: /, text: 4}\n")
    assert [problem.split(" ")[0] for problem in found] == ["title", "minutes", "summary", "step", "step"]
    assert found[3].startswith("step 1, view:")
    assert found[4].startswith("step 2, text is 4")


def test_message_of_many_errors_ends():
    steps = "".join("  - {text: 1, view: 2}\n" for _ in range(40))
    found = problems(HEAD + steps)
    assert len(found) == 21
    assert found[-1] == "60 further errors; mend these first"


def test_file_is_limited(tmp_path):
    path = tmp_path / "long.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(LessonError, match=r"long\.yaml: has 200,001 bytes; expected at most 200,000"):
        read_lesson(path)
    with pytest.raises(LessonError, match="expected at most 200,000"):
        parse_lesson("#" * (MAX_BYTES + 1))


def test_file_of_another_encoding_names_the_line(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: T\nsummary: Stra\xdfe\n".encode("latin-1"))
    with pytest.raises(LessonError, match=r"latin\.yaml: line 2: this is no UTF-8 text; save the file as UTF-8"):
        read_lesson(path)


def test_file_with_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_text(TEMPLATE, encoding="utf-8-sig")
    assert read_lesson(path).title == "My first lesson"


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_file_that_cannot_be_read(tmp_path, name):
    with pytest.raises(LessonError, match="is no file; name a lesson file that exists") as caught:
        read_lesson(tmp_path / name)
    assert not caught.value.is_read


def test_parameters_of_a_copied_address_that_belong_to_a_lesson_are_left_out():
    lesson = parse_lesson(step("text: T\nview: /decode?model=a&lesson=b&step=3&room=KRTMB"), pages=PAGES)
    assert str(lesson.steps[0].view) == "/decode?model=a"


@pytest.mark.parametrize(
    ("answer", "is_right"), [(2.5, True), (3.0, True), (2.0, True), (3.0001, False), (-2.5, False), (1.99, False)]
)
def test_number_is_right_within_the_tolerance(answer, is_right):
    assert Number(ask="", answer=2.5, tolerance=0.5).is_right(answer) is is_right


def test_number_allows_for_rounding():
    assert Number(ask="", answer=0.3, tolerance=0).is_right(0.1 + 0.2)
