"""The numbers that a visitor drags, as one value in the address."""

import re
from collections.abc import Callable, Sequence

from aeviz.web.kernel.url import UrlState

Ranges = Sequence[tuple[float, float]]
"""Lowest and highest value of each number."""


def parse_numbers(text: str, choices: Sequence[Ranges]) -> tuple[float, ...] | None:
    """Return the numbers of a text where _ joins them, each with at most two digits after its point.

    Args:
        text: Of any kind.
        choices: Ranges of the numbers for each length that a text may have.

    Returns:
        None for whatever else the text holds, and where a number is out of its range.
    """
    parts = text.split("_")
    ranges = next((ranges for ranges in choices if len(ranges) == len(parts)), None)
    if ranges is None or not all(re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,2})?", part, re.ASCII) for part in parts):
        return None
    values = tuple(float(part) for part in parts)
    return values if all(low <= value <= high for value, (low, high) in zip(values, ranges, strict=True)) else None


def format_numbers(values: Sequence[float]) -> str:
    """Return numbers as a text that `parse_numbers` reads."""
    return "_".join(f"{round(value, 2) + 0.0:g}" for value in values)


class Numbers:
    """Numbers in the address, and what puts there what a component reports."""

    def __init__(self, name: str, start: tuple[float, ...], choices: Sequence[Ranges]) -> None:
        """Name the URL parameter; `start` stands for an address without it; see `parse_numbers` for `choices`."""
        self.start = start
        self._choices = choices
        self._state: UrlState[tuple[float, ...]] = UrlState(name, self._parse, format=format_numbers, default=start)

    def _parse(self, text: str) -> tuple[float, ...] | None:
        return parse_numbers(text, self._choices)

    def read(self) -> tuple[float, ...]:
        """Return what the address says, or the start."""
        return self._state.restore() or self.start

    def writer(self, reported: Callable[[], Sequence[float]]) -> Callable[[], None]:
        """Return a callback that writes what a component reports, unless it is out of range."""

        def write() -> None:
            values = self._parse(format_numbers(reported()))
            if values is not None:
                self._state.write(values)

        return write
