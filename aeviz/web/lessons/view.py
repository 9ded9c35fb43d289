"""The lessons on offer as cards, a class to join, and a lesson of one's own."""

from collections.abc import Iterable

import streamlit as st

from aeviz.errors import LessonError
from aeviz.language import mark, tr, trn
from aeviz.lessons import MAX_BYTES, TEMPLATE, Answer, Lesson, Listed, Question, parse_lesson
from aeviz.lessons.classroom import CODE_LENGTH
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.lesson import classes, state
from aeviz.web.lesson.join import join_address, qr_code
from aeviz.web.lesson.parts import to_markdown
from aeviz.web.lessons import pictures

_STYLE = """<style>
[class*="st-key-lesson-cards"] {
  display: grid !important; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17.5rem), 1fr));
}
[class*="st-key-lesson-cards"] > div { width: auto !important; max-width: 100%; height: 100%; }
[class*="st-key-lesson-card-"] { height: 100%; }
[class*="st-key-lesson-card-"] > :last-child { margin-top: auto; } /* the buttons of a row stand at one height */
[class*="st-key-lesson-card-"] [data-testid="stPopoverButton"] p { /* read aloud, and told by the tooltip */
  position: absolute; clip-path: inset(50%); width: 1px;
}
.st-key-lesson-join { margin: -0.5rem 0; }
</style>"""
"""Cards of one size share the width of the window."""


_QUESTION_STYLE = """<style>
.st-key-lesson-question .lesson-picture { height: min(24rem, 45vh); --high: min(20rem, 38vh); }
.st-key-lesson-question .lesson-picture figure { flex: 0 1 22rem; }
</style>"""
"""What the lesson is about, large while its question is open."""


def show_lessons() -> None:
    """Show how the last lesson went, a class to join, all lessons, and where to upload one."""
    _show_result()
    room, now = classes.current(), state.running()
    if room is None and now is not None:
        _show_question(now)
        return
    st.html(_STYLE + pictures.STYLE)
    if room is not None:
        part = (
            tr("You teach class {code}.", code=room.code)
            if classes.is_teacher(room)
            else tr("You take part in class {code}.", code=room.code)
        )
        where = tr(
            "The lesson stands in the column on the left, on a phone at the bottom. End or leave it there to take a "
            "lesson alone."
        )
        st.info(
            f"{part} {where}",
            icon=":material/groups:",
        )
        address = join_address(room.code) if classes.is_teacher(room) else ""
        if address:
            st.image(qr_code(address), width=320, alt=tr("QR code of {address}", address=address))
            st.markdown(tr("Scan the code, or open `{address}`.", address=address))
        return
    _show_join()
    found = state.library()
    with st.container(horizontal=True, gap="small", key="lesson-cards-shipped"):
        _show_cards(listed for listed in found.lessons.values() if listed.is_shipped)
        _show_upload()
    st.caption(
        tr(
            ":material/groups: **With a class:** press *Teach a class* on a lesson :material/arrow_forward: students "
            "scan the code on your screen :material/arrow_forward: they predict on their phones, you reveal."
        )
    )
    uploaded = state.uploaded()
    if uploaded is not None:
        with st.container(horizontal=True, gap="small", key="lesson-cards-uploaded"):
            _show_card(state.UPLOADED, uploaded)
    own = [listed for listed in found.lessons.values() if not listed.is_shipped]
    if own:
        st.subheader(tr("Lessons of this server"))
        with st.container(horizontal=True, gap="small", key="lesson-cards-own"):
            _show_cards(own)
    if found.problems:
        with st.expander(
            tr("Lessons that cannot be used ({count})", count=len(found.problems)), icon=":material/warning:"
        ):
            st.markdown("\n".join(f"- {escape(problem)}" for problem in found.problems))


def _show_question(now: state.Running) -> None:
    """Show the question of the running lesson large: the page that answers it opens with the prediction."""
    question = now.step.question
    with st.container(border=True, key="lesson-question"):
        if question is None or now.is_open:
            st.markdown(tr("**{title}** stands in the column.", title=to_markdown(now.lesson.title)))
        else:
            st.markdown(f"### {to_markdown(question.ask)}")
            st.caption(tr("Predict in the column. Then the page opens that shows the answer."))
            if (picture := pictures.picture_of(now.name, now.lesson)) is not None:
                st.html(pictures.STYLE + _QUESTION_STYLE + picture)
    st.caption(tr("End the lesson in the column to see all lessons, or to join a class."))


def _show_result() -> None:
    """Say how the last lesson went, question by question, and lead to the next one."""
    ended = state.ended()
    if ended is None:
        return
    right, made = ended.result()
    how = " " + tr("{right} of {made} predictions were right.", right=right, made=made) if made else ""
    title = tr(ended.lesson.title)
    stop = "" if title.endswith(("?", "!", ".")) else "."
    end = tr("You have come to the end of **{title}**{stop}", title=escape(title), stop=stop)
    st.success(end + how, icon=":material/flag:")
    following = _next(ended.name)
    if following is not None and st.button(
        tr("Next lesson: {title}", title=tr(following.lesson.title)),
        key="next-lesson",
        type="primary",
        icon=":material/arrow_forward:",
    ):
        state.start(following.name, following.lesson)
    lines = [
        _judge(question, ended.given[place])
        for place, step in enumerate(ended.lesson.steps)
        if (question := step.question) is not None and place in ended.given
    ]
    if lines:
        with st.expander(tr("Your predictions"), expanded=True, icon=":material/checklist:"):
            st.markdown("\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1)))


def _judge(question: Question, given: Answer | None) -> str:
    """Return a question with what became of the prediction, as a line of Markdown."""
    ask, solution = (" ".join(to_markdown(text).split()) for text in (question.ask, question.solution))
    if given is None:
        return tr(":material/remove: **Skipped:** {ask} The answer: {solution}", ask=ask, solution=solution)
    if question.is_right(given):
        return tr(":green[:material/check_circle:] **Right:** {ask} {solution}", ask=ask, solution=solution)
    return tr(":orange[:material/cancel:] **Wrong:** {ask} The answer: {solution}", ask=ask, solution=solution)


def _next(name: str) -> Listed | None:
    """Return the lesson that follows in the list; None after the last one and after an uploaded one."""
    names = list(lessons := state.library().lessons)
    place = names.index(name) + 1 if name in names else len(names)
    return lessons[names[place]] if place < len(names) else None


def _show_join() -> None:
    """Let a student join a class, in one line above the lessons: on a phone they fill screens."""
    with (
        st.container(key="lesson-join"),
        st.popover(tr("Have a code? Join your class"), type="tertiary", icon=":material/login:"),
        st.form("join-class", border=False, enter_to_submit=True),
    ):
        text = st.text_input(
            tr("Code of your class"),
            key="class-code",
            max_chars=CODE_LENGTH + 5,
            help=tr("Your teacher's screen shows it. No account is needed, and nobody learns who answered what."),
        )
        if st.form_submit_button(tr("Join the class"), type="primary"):
            with errors_as_messages(stop=False):
                classes.join(text)


def _show_cards(lessons: Iterable[Listed]) -> None:
    for place, listed in enumerate(lessons, 1):
        _show_card(listed.name, listed.lesson, place if listed.is_shipped else None)


def _show_card(name: str, lesson: Lesson, place: int | None = None) -> None:
    """Show a card; those that ship have a place in the order in which they build on each other."""
    with st.container(border=True, gap="xsmall", key=f"lesson-card-{name}"):
        picture = pictures.picture_of(name, lesson)
        if picture is not None:
            st.html(picture)
        else:
            with st.container(key=f"lesson-icon-{name}"):
                st.markdown(pictures.icon_of(lesson))
        number = "" if place is None else f"{place}. "
        st.markdown(f"##### {number}{to_markdown(lesson.title)}")
        begin = tr("**Start here**") + " · " if place == 1 else ""
        if name in state.finished():
            begin = tr(":green[:material/check_circle: **done**]") + " · "
        size = tr(
            ":material/schedule: {minutes} min · {steps} steps · {questions}",
            minutes=lesson.minutes,
            steps=len(lesson.steps),
            questions=trn("{count} question", "{count} questions", lesson.questions),
        )
        st.caption(begin + size)
        st.markdown(to_markdown(lesson.summary))
        with st.container(horizontal=True, gap="xsmall"):
            if st.button(tr("Start"), key=f"start-{name}", type="primary", icon=":material/play_arrow:"):
                state.start(name, lesson)
            if st.button(tr("Teach a class"), key=f"teach-{name}", icon=":material/groups:", help=tr(_TEACH)):
                classes.teach(lesson)
            if lesson.sources:
                with st.popover(tr("Sources"), type="tertiary", icon=":material/menu_book:", help=tr("Sources")):
                    st.markdown("\n".join(f"- {to_markdown(source)}" for source in lesson.sources))


_TEACH = mark(
    "Open a class: you get a code, your students predict on their own screens, and you see their answers as bars."
)


def _show_upload() -> None:
    """Show the card on which a visitor uploads a lesson; what is uploaded stands on a card of its own."""
    with st.container(border=True, gap="xsmall", key="lesson-card-upload"):
        st.markdown(f"##### {tr('A lesson of your own')}")
        st.markdown(
            tr(
                "A lesson is a text file with steps: a text, the address of a page, perhaps a question. Begin with the "
                "template; nothing you upload is stored."
            )
        )
        st.download_button(
            tr("Download the template"), TEMPLATE, file_name="lesson.yaml", mime="text/yaml", icon=":material/download:"
        )
        file = st.file_uploader(tr("Lesson file"), type=["yaml", "yml"], key="lesson-file", max_upload_size=1)
        if file is None:
            return
        try:
            if file.size > MAX_BYTES:
                raise LessonError(
                    tr("has {size:,} bytes; expected at most {most:,}", size=file.size, most=MAX_BYTES), name=file.name
                )
            state.keep_upload(parse_lesson(file.getvalue(), file.name))
        except LessonError as error:
            head = trn(
                "{name} has an error:", "{name} has {count} errors:", len(error.problems), name=escape(file.name)
            )
            lines = "\n".join(f"- {escape(problem)}" for problem in error.problems)
            st.error(f"{head}\n\n{lines}", icon=":material/error:")
            state.keep_upload(None)
