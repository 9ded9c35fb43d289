"""A network that the visitor builds, trains and watches in the page, without the server."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from aeviz.web.components.kit.mount import Component, state_of
from aeviz.web.components.playground.payload import playground_style

_component = Component(
    name="playground", script="playground/playground.js", style=playground_style(), events=("changed", "kept")
)
_LONGEST = 16 << 20
"""Characters of weights that are looked at; two million weights take 10.7 million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A model that the page wants to keep."""

    values: dict[str, str]
    weights: bytes
    step: int


def playground(data: bytes, *, key: str, on_change: Callable[[], None], on_keep: Callable[[], None]) -> None:
    """Show the playground; `values_of` and `sent_of` read in the callbacks what it reports."""
    _component.show(data, key=key, callbacks={"changed": on_change, "kept": on_keep})


def values_of(key: str) -> dict[str, str]:
    """Return the settings that the page reports, by name; any browser may have made them up."""
    return _texts(_event(key, "changed"))


def sent_of(key: str) -> Sent | None:
    """Return the model that the page sent, whose weights may be anything; None where there is no such message."""
    message = _event(key, "kept")
    if not isinstance(message, dict):
        return None
    weights, step = message.get("weights"), message.get("step")
    if not isinstance(weights, str) or len(weights) > _LONGEST or type(step) is not int:
        return None
    try:
        content = base64.b64decode(weights, validate=True)
    except (binascii.Error, ValueError):
        return None
    return Sent(values=_texts(message.get("values")), weights=content, step=step)


def _event(key: str, name: str) -> object:
    state = state_of(key)
    return state.get(name) if isinstance(state, dict) else None


def _texts(message: object) -> dict[str, str]:
    if not isinstance(message, dict):
        return {}
    return {name: text for name, text in message.items() if isinstance(name, str) and isinstance(text, str)}
