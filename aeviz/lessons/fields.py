"""Fields of a lesson file: read with their type and limits; what is wrong is noted, and reading goes on."""

import difflib
import math
from collections.abc import Mapping, Sequence

from aeviz.records import shorten

_IS_EMPTY = "is empty; write its value behind the colon"


class Fields:
    """The fields of one group of a lesson file.

    A value that cannot be used is noted among the problems, and a stand-in is returned, so that one look at a file
    tells all that is wrong with it.

    Args:
        values: The group as YAML has it.
        where: Where it stands, such as "step 3, "; empty at the top.
        problems: What was found wrong so far; it grows.
        known: Names of the fields that the group may have.
    """

    def __init__(self, values: object, where: str, problems: list[str], known: Sequence[str]) -> None:
        self._where, self._problems = where, problems
        self._values: Mapping[object, object] = {}
        if not isinstance(values, Mapping):
            place = where.rstrip(", .") or "the file"
            self._problems.append(f"{place} is {shorten(values)}; expected the fields {', '.join(known)}")
            self.is_group = False
            return
        self.is_group = True
        self._values = values
        for name in values:
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=1)
                advice = f"did you mean {near[0]!r}?" if near else f"expected only {', '.join(known)}"
                self.complain(str(name)[:60], f"is no field; {advice}")

    def complain(self, name: str, message: str) -> None:
        """Note what is wrong with a field."""
        self._problems.append(f"{self._where}{name} {message}")

    def has(self, name: str) -> bool:
        """Whether the field is given."""
        return name in self._values

    def raw(self, name: str) -> object:
        """Return the value as YAML has it."""
        return self._values.get(name)

    def text(self, name: str, limit: int, *, required: bool = True) -> str:
        """Return a text of at most so many characters."""
        return self._read_text(name, self._values.get(name), limit) if self._is_there(name, required) else ""

    def whole(self, name: str, low: int, high: int, meaning: str) -> int:
        """Return a whole number from `low` to `high`; `meaning` says what it stands for."""
        value = self._values.get(name)
        if not self._is_there(name, True):
            return low
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.complain(name, f"is {shorten(value)}; expected a whole number from {low} to {high}, {meaning}")
            return low
        return value

    def number(self, name: str, *, low: float = -math.inf) -> float:
        """Return a finite number, not below `low`."""
        value = self._values.get(name)
        if not self._is_there(name, True):
            return 0.0
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value or not abs(value) < 1e300:  # type: ignore[operator, arg-type]
            least = "" if low == -math.inf else f" from {low:g} up"
            self.complain(name, f"is {shorten(value)}; expected a number{least}, with a point for decimals (0.5)")
            return max(low, 0.0)
        return float(value)  # type: ignore[arg-type]

    def entries(self, name: str, least: int, most: int, what: str, *, required: bool = True) -> list[object]:
        """Return the entries of a list, at least and at most so many; `what` names them."""
        value = self._values.get(name)
        if not self._is_there(name, required):
            return []
        if not isinstance(value, list):
            self.complain(
                name, f"is {shorten(value)}; expected a list of {what}, each on a line that begins with a dash"
            )
            return []
        if not least <= len(value) <= most:
            self.complain(name, f"has {len(value)} {what}; expected {least} to {most}")
        return value[:most]

    def texts(
        self, name: str, least: int, most: int, limit: int, what: str, *, required: bool = True
    ) -> tuple[str, ...]:
        """Return a list of texts, each of at most `limit` characters."""
        entries = self.entries(name, least, most, what, required=required)
        return tuple(self._read_text(f"{name}, entry {k},", value, limit) for k, value in enumerate(entries, start=1))

    def _is_there(self, name: str, required: bool) -> bool:
        if self._values.get(name) is not None:
            return True
        if required and self.is_group:
            self.complain(name, _IS_EMPTY if name in self._values else "is missing")
        elif name in self._values:
            self.complain(name, f"{_IS_EMPTY}, or remove the line")
        return False

    def _read_text(self, name: str, value: object, limit: int) -> str:
        if not isinstance(value, str):
            self.complain(name, f"is {shorten(value)}; expected text. Put it in quotes if you mean these characters")
            return ""
        text = value.strip()
        if not text:
            self.complain(name, "is empty; write its text, or remove the line")
        elif len(text) > limit:
            self.complain(name, f"has {len(text):,} characters; expected at most {limit:,}")
        return text[:limit]
