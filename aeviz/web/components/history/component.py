"""Keeps the browser's Back button useful: it leads to the page before, as that page was."""

from aeviz.web.components.kit.mount import Component

_component = Component(name="history", script="history/history.js")


def keep_history() -> None:
    """Let the page make one entry of the browser's history for each page, with its last address; shows nothing."""
    _component.show(None, key="history")
