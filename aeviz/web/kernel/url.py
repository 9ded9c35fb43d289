"""The state of a page in its address, where no widget holds it: restored, dropped when stale, written when changed."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Value = TypeVar("Value")


@dataclass(frozen=True)
class UrlState(Generic[Value]):
    """One value in the address.

    An address comes from anywhere, so whatever `parse` cannot read counts as absent. The default is not written: an
    address tells only what differs from the page as it opens.
    """

    name: str
    """URL parameter."""
    parse: Callable[[str], Value | None]
    """Reads the value from text; None where the text means nothing."""
    format: Callable[[Value], str] = str
    """Writes the value as text."""
    default: Value | None = None

    def restore(self) -> Value | None:
        """Return the value that the address names, or the default."""
        text = st.query_params.get(self.name)
        value = None if text is None else self.parse(text)
        return self.default if value is None else value

    def is_given(self) -> bool:
        """Whether the address has the parameter, whatever it says."""
        return self.name in st.query_params

    def write(self, value: Value | None) -> None:
        """Write the value if it changed; None and the default leave no trace in the address."""
        text = "" if value is None or (self.default is not None and value == self.default) else self.format(value)
        if text and st.query_params.get(self.name) != text:
            st.query_params[self.name] = text
        elif not text and self.name in st.query_params:
            del st.query_params[self.name]


def drop_parameters(endings: tuple[str, ...], *, keep: Iterable[str]) -> None:
    """Take out of the address what belongs to other models: parameters with these endings but for those to keep."""
    kept = set(keep)
    for name in list(st.query_params):
        if name.endswith(endings) and name not in kept:
            del st.query_params[name]


def drop_unbound(*, keep: Iterable[str]) -> None:
    """Take out of the address all that no widget holds, but for the parameters to keep.

    Streamlit takes out those of widgets by itself, once the widget is gone.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    kept = set(keep)
    with context.session_state.query_params() as parameters:
        dropped = [name for name in parameters if name not in kept and not parameters.is_bound(name)]
    for name in dropped:
        del st.query_params[name]


def release(names: Iterable[str]) -> None:
    """Let parameters be set although widgets are bound to them; these bind them again when the page is run."""
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as parameters:
        for name in names:
            binding = parameters.get_binding_for_param(name)
            if binding is not None:
                parameters.unbind_widget(binding.widget_id)


def rename_choices(key: str, former: Mapping[str, str]) -> None:
    """Lead addresses that were shared before a choice had its present name to that choice.

    Call it before the widget, which reads the address when a run begins; the page is then run again.

    Args:
        key: URL parameter.
        former: The present name of each former one.
    """
    asked = st.query_params.get_all(key)
    if any(value in former for value in asked):
        st.query_params[key] = [former.get(value, value) for value in asked]
        st.rerun()


def drop_stale_choice(key: str, options: Iterable[object]) -> None:
    """Forget what a widget was set to if it is no longer on offer, so that the widget begins with its default."""
    if key in st.session_state and st.session_state[key] not in options:
        del st.session_state[key]


def parse_numbers(text: str, limit: int = 10**9) -> tuple[int, ...]:
    """Return the whole numbers below `limit` in a text where dots join them; whatever else it holds is ignored."""
    parts = text.split(".")
    numbers = (int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 10)
    return tuple(number for number in numbers if number < limit)


def format_numbers(numbers: Iterable[int]) -> str:
    """Return whole numbers as a text that `parse_numbers` reads."""
    return ".".join(map(str, numbers))


def parse_number(text: str) -> int | None:
    """Return a whole number below 10^9, also one that is written like 17.0; None for whatever else."""
    return int(text.partition(".")[0]) if re.fullmatch(r"[0-9]{1,9}(\.0{1,9})?", text, re.ASCII) else None


def parse_share(text: str) -> float | None:
    """Return a number from 0 to 1 with at most two digits after its point; None for whatever else."""
    return float(text) if re.fullmatch(r"0?\.[0-9]{1,2}|[01](\.0{1,2})?", text, re.ASCII) else None
