"""The language of a visitor: found, told to the page, changed by a switch.

It is that of the address, else the one chosen last, else that of the browser.
"""

import functools
import hashlib
import json
import os
import threading

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from aeviz.language import (
    ENGLISH,
    catalogue_of,
    current_language,
    languages,
    name_of,
    offered_languages,
    set_resolver,
    tr,
)
from aeviz.web.kernel.base_path import base_path
from aeviz.web.kernel.url import UrlState

DEFAULT = "AEVIZ_LANGUAGE"
"""Environment variable: the language of visitors whose browser asks for none that aeviz has."""
COOKIE = "aeviz_language"
"""The visitor's last choice. The page writes it; it holds nothing but the name of a language."""
COOKIE_AGE_S = 400 * 24 * 3600
PATH = "/aeviz-language/"
"""Below it the server has the messages of the page's scripts: see `aeviz.web.server.languages`."""
_NOW, _IS_CHOSEN, _IS_STORED, _SWITCH = "language.now", "language.chosen", "language.stored", "language.switch"
"""Session keys: the language; whether it was chosen, here or by an address; whether to remember it; the switch."""
_address = UrlState("lang", lambda text: text if text in languages() else None)
"""Also incomplete languages: for those who translate."""
_of_thread = threading.local()
"""The language of a run, which has a thread to itself: quicker than asking the session for each text."""


def follow_language() -> None:
    """Find the language of this run, and tell it to the page. Called once a run, before any text."""
    set_resolver(_language_of_run)
    given = _address.restore()
    if given is not None and given != st.session_state.get(_NOW):
        _choose(given)
        st.session_state[_IS_STORED] = False  # an address, such as Back's, is not the visitor's choice
    elif _NOW not in st.session_state:
        _begin()
    _of_thread.language = st.session_state[_NOW]
    if st.session_state.get(_IS_CHOSEN):
        _address.write(current_language())


def show_language() -> None:
    """Offer the languages that are complete; nothing where that is English alone."""
    offered = offered_languages()
    if current_language() not in offered:
        offered = (*offered, current_language())
    if len(offered) > 1:
        st.session_state[_SWITCH] = current_language()
        st.segmented_control(
            tr("Language"),
            offered,
            key=_SWITCH,
            format_func=name_of,
            required=True,
            on_change=_switch,
            label_visibility="collapsed",
        )
    if current_language() != ENGLISH or st.session_state.get(_IS_CHOSEN):
        st.html(f"<script>{_script()}</script>", unsafe_allow_javascript=True)


def language_of_wishes(wishes: str) -> str:
    """Return the first language that visitors are offered of those that a browser names, else the server's.

    Args:
        wishes: The header Accept-Language, such as "de-AT,en;q=0.5"; browsers put what they like best first.
    """
    offered = offered_languages()
    named = [each.partition(";")[0].strip() for each in wishes.split(",")]
    wanted = (name.replace("-", "_") for name in (*named, os.environ.get(DEFAULT, "")))
    return next((name for wish in wanted for name in (wish, wish.partition("_")[0]) if name in offered), ENGLISH)


@functools.cache
def catalogue_name(language: str) -> str:
    """Return the file name of the messages of the page's scripts, which changes with them."""
    return f"{language}.{hashlib.sha256(catalogue_json(language)).hexdigest()[:16]}.json"


@functools.cache
def catalogue_json(language: str) -> bytes:
    """Return the messages of the page's scripts."""
    return json.dumps(catalogue_of(language).for_scripts(), ensure_ascii=False).encode()


def _begin() -> None:
    """Begin a visit with the language chosen last in this browser, else with its own, else with the server's."""
    offered = offered_languages()
    stored = str(st.context.cookies.get(COOKIE, ""))
    if stored in offered:
        st.session_state[_NOW] = stored
        st.session_state[_IS_CHOSEN] = True
        return
    st.session_state[_NOW] = language_of_wishes(st.context.headers.get("Accept-Language") or st.context.locale or "")


def _choose(language: str) -> None:
    st.session_state[_NOW] = _of_thread.language = language
    st.session_state[_IS_CHOSEN] = True
    _send_labels_again()


def _send_labels_again() -> None:
    """Set each widget to the value that it has, so that the page gets its label in the new language.

    The page names an option by its label, and would go on sending the former one, which no option has any more.
    Buttons, files and components must not be set; their values are of other types.
    """
    for key, value in list(st.session_state.items()):
        parts = value if isinstance(value, list) else [value]
        if parts and all(isinstance(part, str | int | float) and not isinstance(part, bool) for part in parts):
            st.session_state[key] = value


def _switch() -> None:
    _choose(st.session_state[_SWITCH])
    st.session_state[_IS_STORED] = True
    _address.write(st.session_state[_NOW])


def _language_of_run() -> str:
    language: str | None = getattr(_of_thread, "language", None)
    if language is None:  # a callback before the run, or a part of the page that runs by itself
        if get_script_run_ctx(suppress_warning=True) is None or _NOW not in st.session_state:
            return ENGLISH
        language = _of_thread.language = st.session_state[_NOW]
    return language


def _script() -> str:
    """Return what tells the page its language; kit/language.js reads it from the root element."""
    language = current_language()
    where = "" if language == ENGLISH else f"{base_path()}{PATH}{catalogue_name(language)}"
    lines = [
        f"document.documentElement.lang = {json.dumps(language.replace('_', '-'))};",
        f"document.documentElement.dataset.catalogue = {json.dumps(where)};",
    ]
    if st.session_state.get(_IS_STORED):
        value = f"{COOKIE}={language}; Path={base_path() or '/'}; Max-Age={COOKIE_AGE_S}; SameSite=Lax"
        lines.append(f"document.cookie = {json.dumps(value)};")
    return "\n".join(lines)
