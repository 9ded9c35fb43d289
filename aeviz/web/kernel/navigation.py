"""Going to an address of the app: a page with exactly these parameters, also where the page is open already."""

from collections.abc import Sequence
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from aeviz.errors import ConfigError
from aeviz.web.kernel.page import forget_visit
from aeviz.web.kernel.url import release

LESSON, CLASS = "lesson", "room"
"""URL parameters of a lesson that stands beside the page: its name, or the code of the class that takes it."""
_PENDING = "navigation.pending"
"""Session key: the page and the parameters that the next run has to show."""


def is_lesson_beside() -> bool:
    """Whether a lesson stands beside the page: what only its addresses ask for ends with it."""
    return LESSON in st.query_params or CLASS in st.query_params


def open_address(page: str, parameters: Sequence[tuple[str, str]]) -> NoReturn:
    """Go to a page as if its address had been typed, without losing the session.

    Args:
        page: Path of the page, such as /explore.
        parameters: Names and values; a name may occur several times.

    Raises:
        ConfigError: There is no such page.
    """
    context = get_script_run_ctx()
    pages = context.pages_manager.get_pages().values() if context is not None else ()
    script = next((info["script_path"] for info in pages if _path(info.get("url_pathname", "")) == page), None)
    if script is None:
        raise ConfigError(f"there is no page {page!r}; go on with the navigation")
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    st.session_state[_PENDING] = (page, values)
    release(values)
    st.switch_page(script, query_params=values)


def settle_address(page: str) -> None:
    """Let this run follow the address that `open_address` asked for. Called after st.navigation, before the page.

    `st.switch_page` alone is not enough (Streamlit 1.67). Between two pages it drops the parameters that both have,
    such as the model. On the same page, widgets keep their values and overwrite the address. When a visitor presses
    Back, Streamlit lets the address win over all widgets (`is_history_navigation`); this run does the same.

    Args:
        page: Path of the page that is about to be run.
    """
    asked = st.session_state.pop(_PENDING, None)
    context = get_script_run_ctx()
    if asked is None or context is None or asked[0] != page:
        return
    release(asked[1])
    st.query_params.from_dict(asked[1])
    with context.session_state.query_params() as parameters:
        parameters.set_initial_query_params_from_current()
    context.is_history_navigation = True
    forget_visit()


def has_gone_back() -> bool:
    """Whether this run was started by Back or Forward of the browser."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def shown_address() -> str:
    """Return the path and parameters that the visitor's browser shows, as it sent them with this run."""
    context = get_script_run_ctx()
    if context is None:
        return "/"
    info = context.pages_manager.get_pages().get(context.page_script_hash)
    path = "/" if info is None else _path(info.get("url_pathname", ""))
    return f"{path}?{context.query_string}" if context.query_string else path


def _path(name: str) -> str:
    return "/" + name.strip("/")
