"""The end of a visit: what the visitor uploaded is deleted some minutes after the last of their windows is closed.

A window that lost its connection for a moment comes back as the same visit, and one that is loaded anew is one of the
same visitor; both within the minutes. While a training run reads the images they stay.
"""

import threading
from collections import Counter

import streamlit as st

from aeviz.data.folder_layout import FOLDER_PREFIX
from aeviz.data.imports import visits
from aeviz.web.kernel.visitor import visitor_id
from aeviz.workers import training

GRACE_S = 600.0
"""Seconds from the end of a visit until its images are deleted; Streamlit lets a window come back for two minutes."""
_windows: Counter[str] = Counter()
"""Open windows of each visitor who has uploaded something."""
_guard = threading.Lock()


def hold_uploads(*, expected: bool = False) -> None:
    """Keep what this visitor uploaded for as long as this window is open; costs nothing where there is nothing.

    Args:
        expected: Whether something is about to be uploaded.
    """
    visitor = visitor_id()
    if expected or visits.list_sets(visitor):
        _hold(visitor)


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda visitor: _let_go(visitor))
def _hold(visitor: str) -> str:
    with _guard:
        _windows[visitor] += 1
    return visitor


def _let_go(visitor: str) -> None:
    with _guard:
        _windows[visitor] -= 1
    _wait(visitor)


def _wait(visitor: str) -> None:
    timer = threading.Timer(GRACE_S, _end, [visitor])
    timer.daemon = True
    timer.start()


def _end(visitor: str) -> None:
    """Delete what a visitor uploaded, unless they are back; while a run reads it, look again later."""
    if _windows[visitor] > 0:
        return
    names = {f"{FOLDER_PREFIX}{store}" for store in visits.list_sets(visitor)}
    if any(job.is_active and job.status.settings.data.name in names for job in training.list_jobs()):
        _wait(visitor)
        return
    with _guard:  # not while files are looked at or deleted: the server's loop waits for it
        if _windows[visitor] > 0:
            return
        del _windows[visitor]
    visits.end_visit(visitor)
