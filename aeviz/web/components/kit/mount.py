"""Loads a component and shows it: the one place that knows how Streamlit names, finds and keys components."""

import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from aeviz.web.components.kit.bundles import script_to_load

_DISTRIBUTION = "aeviz"
"""The name in aeviz/pyproject.toml, where each component is listed too."""
_UNSAFE = re.compile("%|[\ud800-\udfff]|_(?=_|$)")
"""Text that a component's key cannot hold as it is: Streamlit parts identifiers at "__", and cannot send surrogates,
which stand for bytes of a file name that are no UTF-8."""
_registering = threading.Lock()
_Renderer = Callable[..., Mapping[str, object]]


@dataclass(slots=True, kw_only=True)
class Component:
    """A script, perhaps with a style sheet, that draws a part of the page and may report events.

    It is registered when it is first shown, so that a module with a component can be imported outside of a running app.
    """

    name: str
    """As in aeviz/pyproject.toml."""
    script: str
    """Path below aeviz/web/components."""
    style: str | None = None
    """Likewise; or the rules themselves, several lines of them."""
    events: tuple[str, ...] = ()
    """Names that the script sets by `state` or `trigger`: Streamlit keeps a value only if it has a callback."""
    _renderer: _Renderer | None = field(default=None, repr=False)

    def show(
        self, data: object, *, key: str, callbacks: Mapping[str, Callable[[], None]] | None = None
    ) -> Mapping[str, object]:
        """Show the component and return what its script has set.

        Args:
            data: What the script is sent, when it changes: a payload packed by `kit.wire`, or a small JSON value.
            key: Identity on the page, any text: names of runs and folders may stand in it. See `state_of`.
            callbacks: Called before the run that an event starts, by the event's name.
        """
        given = callbacks or {}
        handlers: dict[str, Any] = {f"on_{event}_change": given.get(event, _ignore) for event in self.events}
        return self._registered()(key=safe_key(key), data=data, **handlers)

    def _registered(self) -> _Renderer:
        with _registering:
            if self._renderer is None:
                self._renderer = st.components.v2.component(
                    f"{_DISTRIBUTION}.{self.name}", js=script_to_load(self.script), css=self.style
                )
            return self._renderer


def safe_key(key: str) -> str:
    """Return the key under which Streamlit knows a component: the same for the same key, another for another.

    Letters, digits and single underscores stay; what Streamlit refuses in an identifier is written as %XX.
    """
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):X}", key)


def state_of(key: str) -> object:
    """Return what the script of the component with this key has set, as in a callback; None if there is nothing."""
    state: object = st.session_state.get(safe_key(key))
    return state


def numbers_of(key: str, event: str) -> list[float]:
    """Return the numbers that the script of the component with this key has reported by an event.

    Any browser may have made them up: they may be infinite or NaN, and what is no number is left out.
    """
    state = state_of(key)
    sent = state.get(event) if isinstance(state, dict) else None
    numbers = sent if isinstance(sent, list) else []
    return [float(value) for value in numbers if isinstance(value, float) or _is_float_sized(value)]


def _is_float_sized(value: object) -> bool:
    """Whether a value is a whole number that a float holds."""
    return isinstance(value, int) and abs(value) <= sys.float_info.max


def _ignore() -> None:
    """Stand in for a callback: the value is read from what `show` returns."""
