"""Lessons: cards, a lesson beside its pages, a lesson of one's own, and both sides of a class."""

import re

import numpy as np
import pytest
from visits import assert_healthy, new_session, open_page, texts

from aeviz.lessons import Classrooms, find_lessons
from aeviz.web.kernel.caching import forget_all
from aeviz.web.kernel.models import list_models
from aeviz.web.lesson import classes
from aeviz.web.lessons.decode import decode

OWN = """
title: Mine
minutes: 3
summary: Short.
sources: ["[A] A thesis, page 7", "[B] A book"]
steps:
  - text: First text.
    view: /regimes?seed=3
  - text: Second text.
    view: "/explore?model=vae-2d&points=a+sample"
    question: {ask: "How many?", answer: 2, tolerance: 0.5, unit: dimensions}
    expect: Two axes.
    explanation: Because of $D = 2$, see [A].
    source: Chapter 4.
  - text: Third text.
    view: "/explore?model=mlp-2d-adam"
    question: {ask: "Which?", choices: [this, that], correct: 2}
"""
FILES = {
    "Lessons": "lessons",
    "Three regimes": "regimes",
    "Explore": "explore",
    "Reconstruct": "reconstruct",
    "Optimizers": "optimizers",
}


@pytest.fixture(autouse=True)
def fresh_classes(monkeypatch):
    """No class of another test."""
    monkeypatch.setattr(classes, "CLASSES", Classrooms())


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The folder of own lessons, with one in it."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "mine.yaml").write_text(OWN)
    monkeypatch.setenv("AEVIZ_LESSONS", str(folder))
    forget_all()
    yield folder
    forget_all()


def column(app):
    """All that the column says."""
    return " ".join(_said(app.sidebar))


def _said(place):
    kinds = ("markdown", "caption", "success", "error", "info", "warning")
    return [element.value for kind in kinds for element in place.get(kind)]


def parameter(app, name):
    """A parameter of the address; AppTest has lists before a run and texts after it."""
    value = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def run(app):
    """Run the page, and stay on the page that it led to: AppTest would go back to the one it was sent to."""
    app.run()
    assert not app.exception, texts(app.exception)
    (title,) = texts(app.title)
    address = dict(app.query_params)
    app.switch_page(f"pages/{FILES[title]}.py")
    app.query_params.update(address)


def press(app, key):
    app.button(key=key).click()
    run(app)


def test_page_lists_five_lessons_with_time_and_questions(app):
    open_page(app, "lessons")
    assert_healthy(app, "Lessons")
    said = " ".join(texts(app.markdown) + texts(app.caption))
    for listed in find_lessons().lessons.values():
        assert listed.lesson.title in said
        assert f"{listed.lesson.minutes} min · {len(listed.lesson.steps)} steps" in said
        app.button(key=f"start-{listed.name}")
    assert not column(app)


def test_cards_that_ship_have_pictures_of_their_own(app):
    open_page(app, "lessons")
    pictures = [html for html in texts(app.get("html")) if "<figure" in html]
    assert len(pictures) == 5
    sources = re.findall(r'src="([^"]+)"', " ".join(pictures))
    assert len(sources) == len(set(sources))


@pytest.mark.parametrize("name", ["mlp-2d-adam", "digits-2d-adam", "vae-2d", "vae-10d"])
def test_cards_decode_without_torch_what_the_network_decodes(name):
    model = list_models()[name]
    codes = np.random.default_rng(0).normal(size=(3, model.config.model.latent_dim)).astype(np.float32)
    np.testing.assert_allclose(decode(model, codes), model.network().decode(codes).numpy(), atol=1e-5)


def test_finished_lesson_leads_to_the_next(app):
    open_page(app, "lessons", lesson="latent-space", step="7")
    assert texts(app.title) == ["Explore"]  # the page beside the question, not the list of lessons
    press(app, "lesson-skip")
    app.button(key="lesson-finish").click().run()
    assert app.button(key="next-lesson").label == "Next lesson: From PCA to VAE"


def test_question_comes_before_the_view_and_a_wrong_answer_is_told(app, own):
    open_page(app, "lessons")
    press(app, "start-mine")
    assert texts(app.title) == ["Three regimes"]  # no question: the view at once
    assert parameter(app, "seed") == "3"
    assert app.number_input(key="seed").value == 3
    assert "First text." in column(app)
    press(app, "lesson-next")
    assert texts(app.title) == ["Three regimes"]
    assert "How many?" in column(app)
    assert "Two axes." not in column(app)
    assert not [button for button in app.button if button.key == "lesson-next"]
    press(app, "lesson-answer")
    assert "Choose an answer first, or skip the question." in column(app)
    app.number_input(key="lesson.answer.mine.1").set_value(7.0).run()
    press(app, "lesson-answer")
    assert texts(app.title) == ["Explore"]
    assert app.selectbox(key="model").value == "vae-2d"
    assert app.session_state["points"] == "a sample"
    assert "**Not as you predicted.** You said: 7 dimensions." in column(app)
    assert "The answer: 2 dimensions" in column(app)
    assert "Two axes." in column(app)
    assert "Chapter 4." in column(app)
    assert [folded.label for folded in app.sidebar.expander] == ["**How many?**"]
    assert texts(app.sidebar.expander[0].markdown) == ["Second text."]
    assert "Because of $D = 2$, see [A]. Chapter 4. [A] A thesis, page 7" in column(
        app
    )  # the source that the step names
    assert "[B]" not in column(app)
    press(app, "lesson-next")
    app.radio(key="lesson.answer.mine.2").set_value(1).run()
    press(app, "lesson-answer")
    assert app.selectbox(key="model").value == "mlp-2d-adam"
    assert "**As you predicted:** that" in column(app)
    press(app, "lesson-finish")
    assert texts(app.title) == ["Lessons"]
    assert texts(app.success) == ["You have come to the end of **Mine**. 1 of 2 predictions were right."]
    listed = next(text for text in texts(app.markdown) if "**Wrong:**" in text)
    assert "**Wrong:** How many? The answer: 2 dimensions" in listed
    assert "**Right:** Which? that" in listed
    assert not column(app)
    assert "lesson" not in app.query_params


def test_page_of_the_question_opens_before_the_answer(app, own):
    """The view, its words to find and what to try come with the answer; the class goes the same way."""
    step = """
  - text: Fourth text.
    before: "/explore?model=vae-3d"
    view: "/explore?model=vae-10d&first=measures"
    question: {ask: "Fewer?", choices: [yes it has, no it has not], correct: 1}
    find: Test error (MSE)
    try: Choose another model.
    done: model
"""
    (own / "mine.yaml").write_text(OWN + step)
    open_page(app, "lessons", lesson="mine", step="3")
    press(app, "lesson-skip")
    press(app, "lesson-next")
    assert app.selectbox(key="model").value == "vae-3d"
    assert "Fewer?" in column(app)
    assert "Choose another model." not in column(app)
    press(app, "lesson-skip")
    assert app.selectbox(key="model").value == "vae-10d"
    assert "**Try it:** Choose another model." in column(app)
    press(app, "lesson-teach")
    assert app.selectbox(key="model").value == "vae-3d"
    press(app, "class-reveal")
    assert app.selectbox(key="model").value == "vae-10d"
    assert "**Try it:** Choose another model." in column(app)


def test_skip_tells_the_answer_without_a_verdict(app, own):
    open_page(app, "lessons", lesson="mine", step="2")
    press(app, "lesson-skip")
    assert "The answer: 2 dimensions" in column(app)
    assert "predicted" not in column(app)
    press(app, "lesson-back")
    assert texts(app.title) == ["Three regimes"]


def test_lesson_stays_on_other_pages_and_ends_when_asked(app, own):
    open_page(app, "regimes", lesson="mine", step="1")
    assert "First text." in column(app)
    app.query_params.clear()
    app.switch_page("pages/optimizers.py").run()
    assert texts(app.title) == ["Optimizers"]
    assert "First text." in column(app)
    assert (parameter(app, "lesson"), parameter(app, "step")) == ("mine", "1")
    press(app, "lesson-end")
    assert not column(app)
    assert "lesson" not in app.query_params


@pytest.mark.parametrize(
    ("step", "shown"), [("2", "Second text."), ("99", "Third text."), ("x", "First text."), ("0", "First")]
)
def test_address_resumes_a_lesson(app, own, step, shown):
    open_page(app, "regimes", lesson="mine", step=step)
    assert_healthy(app, "Three regimes")
    assert shown in column(app)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent", "The address names a lesson that is not here. Choose one on the page Lessons."),
        ("uploaded", "lessons of your own are not stored"),
        ("../../x", "The address names a lesson that is not here"),
    ],
)
def test_address_of_a_lesson_that_is_not_here(app, name, message):
    open_page(app, "regimes", lesson=name)
    assert_healthy(app, "Three regimes")
    assert message in texts(app.warning)[0]
    assert "lesson" not in app.query_params


def test_bad_own_lesson_is_told(app, own):
    (own / "bad.yaml").write_text("title: <b>x\nsteps: 3")
    open_page(app, "lessons")
    app.button(key="start-mine")
    assert any("bad.yaml" in text and "minutes is missing" in text for text in texts(app.markdown))


def upload(app, content, name="my.yaml"):
    open_page(app, "lessons")
    app.file_uploader(key="lesson-file").set_value((name, content.encode(), "text/yaml")).run()
    assert not app.exception, texts(app.exception)


def test_upload_is_checked(app):
    upload(app, OWN.replace("/regimes", "/regime"))
    (message,) = texts(app.error)
    assert "has an error" in message
    assert "did you mean /regimes?" in message
    assert not [button for button in app.button if button.key == "start-uploaded"]


def test_uploaded_lesson_is_taken(app):
    upload(app, OWN)
    assert not app.error
    press(app, "start-uploaded")
    assert "First text." in column(app)
    assert parameter(app, "lesson") == "uploaded"


def test_text_of_a_lesson_loads_nothing_from_elsewhere(app):
    upload(app, OWN.replace("First text.", "See ![x](https://example.org/x.png) <script>alert(1)</script>"))
    press(app, "start-uploaded")
    (text,) = (element for element in app.sidebar.markdown if "example.org" in element.value)
    assert r"!\[x]" in text.value
    assert not text.allow_html


def test_class_from_code_to_reveal(app, own):
    """A teacher and a student, each in a session; what the student answers is the teacher's bar."""
    student = new_session()
    open_page(app, "lessons")
    press(app, "teach-mine")
    (code,) = classes.CLASSES._rooms
    assert texts(app.title) == ["Three regimes"]
    assert f"## {code}" in texts(app.markdown)

    open_page(student, "lessons")
    student.text_input(key="class-code").set_value("ABCDE" if code != "ABCDE" else "ABCDF")
    press_form(student)
    assert "there is no class" in texts(student.error)[0]
    student.text_input(key="class-code").set_value(code.lower())
    press_form(student)
    assert texts(student.title) == ["Three regimes"]
    assert "First text." in column(student)
    assert parameter(student, "room") == code

    press(app, "class-next")
    run(student)
    assert texts(student.title) == ["Three regimes"]
    student.number_input(key=f"class.answer.{code}.1.None").set_value(5.0).run()
    press(student, "class-answer")
    assert "Your answer: 5 dimensions." in column(student)
    student.number_input(key=f"class.answer.{code}.1.5.0").set_value(2.0).run()
    press(student, "class-answer")
    assert "Your answer: 2 dimensions." in column(student)
    assert student.number_input(key=f"class.answer.{code}.1.2.0").value == 2
    run(app)
    assert any("1 of 1 answered." in text for text in texts(app.markdown))
    assert not app.main.get("progress")  # nobody follows the majority
    app.toggle(key="class-early").set_value(True).run()
    bars = [bar.proto.text for bar in app.main.get("progress")]
    assert bars == ["2 dimensions: 1"]
    assert "Two axes." not in column(app)

    press(app, "class-reveal")
    assert texts(app.title) == ["Explore"]
    run(student)
    assert texts(student.title) == ["Explore"]
    assert student.selectbox(key="model").value == "vae-2d"
    assert "**As you predicted:** 2 dimensions" in column(student)
    run(app)
    assert any("The answer: **2 dimensions**." in text for text in texts(app.markdown))

    press(student, "class-leave")
    press(app, "class-next")
    run(student)
    assert "You have left the class for now" in column(student)
    press(app, "class-reveal")
    run(student)
    assert student.selectbox(key="model").value == "vae-2d"
    press(student, "class-rejoin")
    assert student.selectbox(key="model").value == "mlp-2d-adam"

    press(app, "class-end")
    run(student)
    assert f"Class {code} has ended." in texts(student.warning)[0]
    assert "room" not in student.query_params
    assert not column(student)


def press_form(app):
    next(button for button in app.button if button.label == "Join the class").click()
    run(app)


@pytest.mark.parametrize("code", ["ABCDE", "nonsense", "<b>"])
def test_link_to_a_class_that_is_not_there(app, code):
    open_page(app, "lessons", **{"class": code})
    assert_healthy(app, "Lessons")
    assert "class" in texts(app.warning)[0]
    assert "class" not in app.query_params
    assert not column(app)


def test_class_of_an_image_on_generate_is_no_class_of_students(app):
    open_page(app, "generate", model="vae-2d-anchored", **{"class": "3"})
    assert_healthy(app, "Generate")
    assert not app.warning
    assert app.selectbox(key="class").value == "3"


def test_cards_have_pictures_of_the_models_that_the_lesson_shows(app, own):
    open_page(app, "lessons")
    pictures = [
        part.proto.body for part in app.get("html") if "lesson-picture" in part.proto.body and "<img" in part.proto.body
    ]
    assert len(pictures) == 6, "five that ship and one of one's own"
    assert "Latent map, coloured by class, of mlp-2d-adam" in pictures[-1]
    assert not any("vae-64d" in each or "KL divergence" in each for each in pictures), "no card gives an answer away"
    (faces,) = (each for each in pictures if "celeba" in each)
    assert 'alt="Samples of celeba-vae"' in faces


@pytest.mark.parametrize(("page", "icon"), [("/regimes", ":material/view_column:"), ("/", ":material/school:")])
def test_lesson_without_a_model_that_is_here_has_an_icon(app, page, icon):
    upload(app, f"title: T\nminutes: 1\nsummary: S.\nsteps: [{{text: A., view: '{page}?model=%3Cb%3E'}}]")
    assert icon in texts(app.markdown)
