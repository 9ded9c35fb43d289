"""Widgets of translated options whose values stand in the address in English: a link is the same in all languages.

Streamlit's own binding (`bind="query-params"`, 1.67) writes into the address what the visitor reads, `format_func`
included. In English that is what links have; in other languages this module follows and writes the address itself.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from aeviz.language import ENGLISH, current_language, tr
from aeviz.web.kernel.url import release

Option = TypeVar("Option")
_SEEN = "choices.seen"
"""Session key: what the address had for each widget when it was last followed or written."""


def choose(
    widget: Callable[..., Any],
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    format_func: Callable[[Option], str] = str,
    shown: Callable[[str], str] = tr,
    **settings: Any,
) -> Any:
    """Show a widget whose options are translated and whose choice is in the address; return the choice.

    Args:
        widget: Such as `st.segmented_control`, `st.selectbox`, `st.radio`, `st.pills` or `st.multiselect`.
        label: Already translated.
        options: Their texts are messages: see `aeviz.language.mark`.
        key: Of the widget, and name of the URL parameter.
        format_func: Gives the English text of an option, which is what the address has.
        shown: Gives what the visitor reads for the English text in another language, where that is no message.
        settings: Passed on, such as `default`, `index`, `on_change` or `help`.
    """
    if current_language() == ENGLISH:
        return widget(label, options, key=key, bind="query-params", format_func=format_func, **settings)
    by_text = {format_func(option): option for option in options}
    is_many = widget is st.multiselect or settings.get("selection_mode") == "multi"
    _follow(key, by_text, is_many=is_many)
    labels = {text: shown(text) for text in by_text}
    found = widget(label, options, key=key, format_func=lambda option: labels[format_func(option)], **settings)
    _write(key, _texts(found, format_func), _texts(_default(widget, options, settings), format_func))
    return found


def _follow(key: str, by_text: dict[str, Any], *, is_many: bool) -> None:
    """Set the widget to what the address says, if that has changed since, or Streamlit has forgotten the widget."""
    seen: dict[str, list[str]] = st.session_state.setdefault(_SEEN, {})
    asked = st.query_params.get_all(key)
    if asked == seen.get(key, []) and (key in st.session_state or not asked):
        return
    seen[key] = asked
    values = [by_text[text] for text in asked if text in by_text]
    if values:
        st.session_state[key] = values if is_many else values[-1]
    else:
        st.session_state.pop(key, None)


def _write(key: str, texts: list[str], default: list[str]) -> None:
    """Write the choice, if it changed; the default leaves no trace in the address."""
    wanted = [] if texts == default else texts
    if st.query_params.get_all(key) != wanted:
        release([key])  # a run in English may have bound it
        if wanted:
            st.query_params[key] = wanted
        elif key in st.query_params:
            del st.query_params[key]
    st.session_state[_SEEN][key] = wanted


def _default(widget: Callable[..., Any], options: Sequence[Option], settings: dict[str, Any]) -> Any:
    if "default" in settings:
        return settings["default"]
    index = settings.get("index", 0 if widget in (st.selectbox, st.radio) else None)
    return None if index is None or not options else options[index]


def _texts(found: Any, format_func: Callable[[Any], str]) -> list[str]:
    if found is None:
        return []
    return [format_func(option) for option in (found if isinstance(found, list | tuple) else [found])]
