"""The column of a running lesson, which app.py shows beside every page."""

import streamlit as st

from aeviz.errors import ClassroomError
from aeviz.language import tr
from aeviz.lessons import Classroom
from aeviz.web.kernel.navigation import settle_address
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.lesson import classes, desk, seat, state
from aeviz.web.lesson.alone import show_alone

_STYLE = """<style>
[data-testid="stSidebarContent"] { display: flex; flex-direction: column; scroll-padding-bottom: 5rem; }
[data-testid="stSidebarUserContent"] { order: 1; padding-top: 0; padding-bottom: 1rem; }
:is([data-testid="stSidebarNav"], [data-testid="stSidebarNavSeparator"]) { order: 2; }
:has(> .st-key-lesson-go) { position: sticky; bottom: 0; z-index: 1; }
.st-key-lesson-go { padding: 0.5rem 0; position: relative; }
.st-key-lesson-go::before { /* text that goes on below fades instead of being cut */
  content: ""; position: absolute; inset: -1.5rem 0 100% 0; pointer-events: none; background: inherit;
  mask-image: linear-gradient(transparent, #000);
}
[class*="st-key-lesson-guide-"] { margin-top: -1rem; } /* empty until something was done */
[data-testid="stSidebar"] :is(:has(.st-key-lesson-go), .st-key-lesson-go) { background: inherit; }
/* Answer looks ready once there is one. It is never disabled: a number may still be typed (see seat.py) */
[data-testid="stSidebar"]:has(.st-key-lesson-asks):not(
  :has(.st-key-lesson-asks :is(:checked, input[type="number"]:not(:placeholder-shown)))
) :is(.st-key-lesson-answer, .st-key-class-answer) button {
  background: #8883; border-color: transparent; color: inherit; opacity: 0.75;
}
@media (pointer: coarse) {
  [data-testid="stSidebar"] [role="radiogroup"] label { min-height: 2.75rem; align-items: center; }
}
@media (min-width: 1200px) { [data-testid="stSidebar"][data-collapsed="false"] { min-width: 21rem; } }
@media (max-width: 768px) {
  [data-lesson-more] .st-key-lesson-go::after { /* where text goes on below */
    content: "More ↓"; position: absolute; right: 0.25rem; top: 50%; translate: 0 -50%; pointer-events: none;
    padding: 0.2rem 0.7rem; border-radius: 1rem; background: #8883; font-size: 0.875rem;
  }
  [data-testid="stSidebar"], [data-testid="stSidebar"][data-collapsed="true"] {
    position: fixed !important; inset: auto 0 0 0 !important; z-index: 999989; height: 50dvh !important;
    width: 100% !important; min-width: 100% !important; max-width: 100% !important; transform: none !important;
    border-radius: 1rem 1rem 0 0; box-shadow: 0 0 1rem #0006; transition: height 0.2s;
  }
  [data-testid="stSidebar"]:has(.st-key-lesson-asks) { height: 60dvh !important; }
  [data-testid="stSidebar"][data-collapsed="true"] { height: 30dvh !important; }
  [data-testid="stSidebarContent"] { width: 100% !important; border-radius: inherit; }
  [data-testid="stSidebarContent"] > * { width: auto !important; }
  [data-testid="stSidebarContent"] [data-testid="stAlertContainer"] { padding: 0.4rem 0.75rem; }
  /* over a question, title and progress share a line that stays, and the text is close: all of it is seen */
  .st-key-lesson-head { flex-flow: row nowrap; align-items: center; gap: 1rem; padding-right: 3.25rem; }
  .st-key-lesson-head h5 { padding: 0; line-height: 1.2; }
  .st-key-lesson-head > :last-child { flex: none; width: 6.5rem; }
  :has(> .st-key-lesson-head):has(~ * .st-key-lesson-asks) {
    position: sticky; top: 0; z-index: 1; background: inherit; padding: 0.25rem 0;
  }
  :has(> .st-key-lesson-head):has(~ * .st-key-lesson-asks)::after { /* text that goes on above fades */
    content: ""; position: absolute; inset: 100% 0 -0.75rem 0; pointer-events: none; background: inherit;
    mask-image: linear-gradient(#000, transparent);
  }
  [data-testid="stSidebar"]:has(.st-key-lesson-asks) :is(p, li) { font-size: 0.9375rem; line-height: 1.4; }
  [data-testid="stSidebar"] :has(> * > .st-key-lesson-asks) { gap: 0.5rem; }
  .st-key-lesson-asks { gap: 0.25rem; }
  .st-key-lesson-asks:has(input[type="number"]) { padding-bottom: 1.25rem; } /* clear of the fade below */
  [data-testid="stSidebarHeader"] { height: 0; min-height: 0; margin: 0; padding: 0; }
  :is([data-testid="stSidebarCollapseButton"], [data-testid="stExpandSidebarButton"]) {
    display: grid; place-items: center; position: fixed !important; right: 0.75rem; z-index: 999992; rotate: -90deg;
    width: 2.75rem; height: 2.75rem; border-radius: 50%; background: #8884; backdrop-filter: blur(0.5rem);
  }
  [data-testid="stSidebarCollapseButton"] { bottom: calc(50dvh - 1.25rem); }
  :has(.st-key-lesson-asks) > * [data-testid="stSidebarCollapseButton"] { bottom: calc(60dvh - 1.25rem); }
  [data-testid="stExpandSidebarButton"] { bottom: calc(30dvh - 1.25rem); }
  [data-testid="stMain"] [data-testid="stMainBlockContainer"] { padding-bottom: 65dvh; } /* as strong as the page's */
}
@media (max-width: 768px) and (prefers-reduced-motion: reduce) { [data-testid="stSidebar"] { transition: none; } }
</style>"""
"""The lesson stands above the navigation. On a phone it is a sheet at the bottom, low or high, below the page."""


_NOTICE_STYLE = "<style>.st-key-lesson-notice { margin-top: 3rem; }</style>"
"""Below the line of Streamlit's menu."""


def show_lesson(page: str) -> None:
    """Show the running lesson, alone or with a class, beside the page; nothing where there is none.

    Args:
        page: Path of the page that is about to be run, as `st.navigation` names it.
    """
    settle_address("/" + page)
    problem = _follow_address("/" + page)
    room, now = classes.current(), state.running()
    state.keep_in_address()
    messages = [message for message in (problem, classes.take_notice()) if message]
    if messages:
        st.html(_NOTICE_STYLE)
        with st.container(key="lesson-notice"):
            for message in messages:
                st.warning(escape(message), icon=":material/school:")
    if room is None and now is None:
        return
    # on a phone the sheet is high for a question and makes way for what the answer shows
    is_asking = _is_asking(room, now)
    st.set_page_config(initial_sidebar_state="expanded" if is_asking else "auto")
    st.html(_STYLE.replace("More ↓", tr("More ↓")))
    with errors_as_messages(stop=False), st.sidebar:
        if room is None:
            show_alone()
        elif classes.is_teacher(room):
            desk.show_desk()
        else:
            seat.show_seat()
    if room is not None and classes.is_teacher(room):
        desk.show_board(room)


def _is_asking(room: Classroom | None, now: state.Running | None) -> bool:
    if room is None:
        return now is not None and not now.is_open
    step = room.state()
    return not classes.is_away() and not step.is_revealed and room.lesson.steps[step.step].question is not None


def _follow_address(page: str) -> str:
    """Join the class or resume the lesson that the address names; return why that is not possible, or nothing."""
    try:
        classes.join_from_address(page)
    except ClassroomError as error:
        return str(error)
    return state.resume_from_address(page)
