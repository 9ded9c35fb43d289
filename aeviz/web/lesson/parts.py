"""Parts of a lesson's column: title and progress, question, verdict, explanation."""

import re

import streamlit as st

from aeviz.language import tr, tr_paragraphs
from aeviz.lessons import Answer, Choices, Lesson, Question, Step
from aeviz.web.components.lesson_guide.component import guide
from aeviz.web.lesson.state import views_opened


def to_markdown(text: str) -> str:
    """Return the text of a lesson as Markdown that loads nothing from elsewhere; Streamlit shows HTML as text.

    The text of a lesson that ships is in the current language.
    """
    return tr_paragraphs(text).replace("![", r"!\[")


def show_head(lesson: Lesson, place: int) -> None:
    """Show title and progress."""
    count = len(lesson.steps)
    with st.container(key="lesson-head", gap=None):
        st.markdown(f"##### {to_markdown(lesson.title)}")
        st.progress((place + 1) / count, tr("Step {place} of {count}", place=place + 1, count=count))


def ask(question: Question, key: str, start: Answer | None = None) -> Answer | None:
    """Show a question with its field, and return the answer that is chosen there.

    Args:
        question: The question.
        key: Key of the field.
        start: Answer that is chosen at first.
    """
    with st.container(key="lesson-asks"):
        return _ask(question, key, start)


def _ask(question: Question, key: str, start: Answer | None) -> Answer | None:
    st.markdown(tr("**Predict first.** {ask}", ask=to_markdown(question.ask)))
    if isinstance(question, Choices):
        places = list(range(len(question.choices)))
        chosen = st.radio(
            tr_paragraphs(question.ask),
            places,
            index=None if start is None else int(start),
            format_func=lambda place: to_markdown(question.choices[place]),
            key=key,
            label_visibility="collapsed",
        )
        return None if chosen is None else float(chosen)
    unit = f" ({tr(question.unit)})" if question.unit else ""
    number = st.number_input(
        tr("Your answer{unit}", unit=unit), value=start, key=key, format="%g", placeholder=tr("a number")
    )
    return None if number is None else float(number)


def lead(lesson: Lesson, place: int, *, is_open: bool = True) -> None:
    """Bring into sight what an open step speaks of, and tell when what it asks for was done; else the picture alone."""
    step = lesson.steps[place]
    find, done = (tr_paragraphs(step.find), step.done) if is_open else ("", None)
    guide(f"{place}-{is_open}", find=find, done=done, view=views_opened())


def recall(step: Step) -> None:
    """Show the question of a step that is open, and folded below it what came before: the rest needs the room."""
    if step.question is None:
        st.markdown(to_markdown(step.text))
        return
    with st.expander(f"**{to_markdown(step.question.ask)}**"):
        st.markdown(to_markdown(step.text))


def show_verdict(question: Question, given: Answer | None) -> None:
    """Say whether a prediction was right, and what is; None stands for no prediction."""
    solution = to_markdown(question.solution)
    if given is None:
        st.info(tr("The answer: {solution}", solution=solution), icon=":material/lightbulb:")
    elif question.is_right(given):
        st.success(tr("**As you predicted:** {solution}", solution=solution), icon=":material/check_circle:")
    else:
        said = to_markdown(question.describe(given)).removesuffix(".")
        st.warning(
            tr("**Not as you predicted.** You said: {said}.  \nThe answer: {solution}", said=said, solution=solution),
            icon=":material/compare_arrows:",
        )


def show_explanation(lesson: Lesson, place: int) -> None:
    """Show what to look for in a step's view, what to do there, why it is so, and the sources that the step names."""
    step = lesson.steps[place]
    if step.expect:
        st.markdown(tr("**Look for:** {text}", text=to_markdown(step.expect)))
    if step.action:
        st.markdown(tr(":material/touch_app: **Try it:** {text}", text=to_markdown(step.action)))
    lead(lesson, place)
    if step.explanation:
        st.markdown(to_markdown(step.explanation))
    if step.source:
        with st.popover(tr("Source"), type="tertiary", icon=":material/menu_book:"):
            st.markdown(to_markdown(step.source))
    named = re.findall(r"\[\w+\]", f"{step.text} {step.expect} {step.action} {step.explanation}")
    for source in lesson.sources:
        if source.startswith(tuple(named)):
            st.caption(to_markdown(source))
