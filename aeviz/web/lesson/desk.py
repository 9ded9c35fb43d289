"""The teacher's side of a class: the steps, the code, and the class's predictions as bars."""

import streamlit as st

from aeviz.language import tr, trn
from aeviz.lessons import Choices, Classroom
from aeviz.web.kernel.navigation import shown_address
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.lesson import classes
from aeviz.web.lesson.join import NO_QR_CODE, join_address, qr_code
from aeviz.web.lesson.parts import lead, recall, show_explanation, show_head, to_markdown


@st.fragment
def show_desk() -> None:
    """Show the present step with what the teacher can do."""
    room = classes.current()
    if room is None:
        st.rerun()
    with errors_as_messages(stop=False):
        _show(room)


def _show(room: Classroom) -> None:
    now = room.state()
    step = room.lesson.steps[now.step]
    show_head(room.lesson, now.step)
    is_asking = step.question is not None and not now.is_revealed
    if step.question is not None and is_asking:
        st.markdown(to_markdown(step.text))
        st.markdown(tr("**Question:** {ask}", ask=to_markdown(step.question.ask)))
        lead(room.lesson, now.step, is_open=False)
        if st.button(tr("Reveal"), key="class-reveal", type="primary", icon=":material/visibility:"):
            room.reveal()
            classes.show_step(room)
    else:
        recall(step)
        show_explanation(room.lesson, now.step)
    with st.container(horizontal=True, key="lesson-go"):
        if st.button(tr("Back"), key="class-back", disabled=now.step == 0, icon=":material/arrow_back:"):
            _move(room, now.step - 1)
        if st.button(
            tr("Next"),
            key="class-next",
            type="secondary" if is_asking else "primary",
            disabled=now.step == len(room.lesson.steps) - 1,
            icon=":material/arrow_forward:",
        ):
            _move(room, now.step + 1)
    if st.button(
        tr("Show my view to all"),
        key="class-push",
        icon=":material/cast:",
        help=tr("Send everyone who follows to the page that you see, with its settings."),
    ):
        room.send(shown_address())
        st.toast(tr("All who follow see your page."), icon=":material/cast:")
    _show_end(room)


def _move(room: Classroom, place: int) -> None:
    now = room.state()
    step = room.lesson.steps[now.step]
    is_skipped = place == now.step + 1 and step.question is not None and not now.is_revealed
    room.move(place)
    classes.show_step(room, step.view if is_skipped else None)


def _show_end(room: Classroom) -> None:
    with st.popover(tr("End the class"), icon=":material/stop_circle:"):
        st.markdown(tr("This closes the class and forgets all answers. Download them first if you want to keep them."))
        st.download_button(
            tr("Download the answers (CSV)"),
            room.to_csv,
            file_name=f"answers-{room.code}.csv",
            mime="text/csv",
            key="class-csv",
            icon=":material/download:",
            on_click="ignore",
        )
        if st.button(tr("End now"), key="class-end", type="primary", icon=":material/stop_circle:"):
            classes.CLASSES.close(room)
            classes.leave()
            st.rerun()


_EARLY = "class-early"
"""Key of the switch that shows answers before they are revealed."""
_BOARD_STYLE = """<style>
.st-key-class-board { margin-top: 3.25rem; }
.st-key-class-choices p { font-size: 1.25rem; }
</style>"""
"""Below the line of Streamlit's menu, which would cover its upper edge; the choices large enough for a projector."""


def show_board(room: Classroom) -> None:
    """Show the code, and the predictions as they come in, above the teacher's page."""
    st.html(_BOARD_STYLE)
    with st.container(border=True, key="class-board"):
        st.fragment(_show_board, run_every=classes.POLL_S)(room.code)


def _show_board(code: str) -> None:
    room = classes.current()
    if room is None:
        st.rerun()
    now = room.state()
    question = room.lesson.steps[now.step].question
    people = trn("{count} student in the class.", "{count} students in the class.", now.students)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"## {code}", width="content")
        address = join_address(code)
        if address:
            with st.popover(tr("QR code"), icon=":material/qr_code_2:", help=tr("For the cameras of phones.")):
                st.image(qr_code(address), width=320, alt=tr("QR code of {address}", address=address))
            st.caption(
                tr("Students open `{address}`, or the page **Lessons** and type this code.", address=address)
                + f" {people}",
                width="stretch",
            )
        else:
            st.markdown(f"{tr(NO_QR_CODE)} {people}", width="stretch")
    if question is None:
        return
    solution = to_markdown(question.solution).rstrip(".")
    answer = " " + tr("The answer: **{solution}**.", solution=solution) if now.is_revealed else ""
    count = tr("{answered} of {students} answered.", answered=now.answered, students=now.students)
    st.markdown(f"**{to_markdown(question.ask)}** {count}{answer}")
    is_early = now.is_revealed or st.toggle(
        tr("Show the answers"),
        key=_EARLY,
        help=tr("Before you press Reveal: students who see them may follow the majority."),
    )
    bars = room.bars() if is_early else []
    if not bars and isinstance(question, Choices):
        with st.container(key="class-choices"):
            for column, choice in zip(st.columns(len(question.choices), gap="small"), question.choices, strict=True):
                column.markdown(to_markdown(choice))
    if not bars:
        return
    # one row, since the page below has what the answer is about
    for column, bar in zip(st.columns(len(bars), gap="small"), bars, strict=True):
        share = bar.count / now.answered if now.answered else 0.0
        mark = ":green[:material/check_circle:] " if bar.is_right else ""
        column.progress(share, f"{mark}{to_markdown(bar.label).rstrip('.')}: {bar.count}")
