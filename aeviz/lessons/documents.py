"""YAML without its traps: no aliases, no repeated keys, no depth without end; errors name the line."""

from collections.abc import Hashable
from typing import Any

import yaml

from aeviz.errors import LessonError

MAX_DEPTH = 12
"""Groups and lists inside each other; a lesson has five."""
_DAMAGED = (yaml.YAMLError, ValueError, OverflowError, TypeError, AttributeError, LookupError, RecursionError)
"""What PyYAML raises, also on tags whose values are none of theirs (!!timestamp soon), and Python on 5,000 digits."""


def load_document(text: str) -> object:
    """Return what a YAML text says, as mappings, lists, text and numbers.

    Raises:
        LessonError: The text is no YAML, or has what a lesson does not need: aliases, repeated keys, Python objects.
    """
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except LessonError:
        raise
    except yaml.MarkedYAMLError as error:
        raise LessonError(f"{_place(error.problem_mark)}{_explain(error)}") from error
    except _DAMAGED as error:
        raise LessonError(f"this is no YAML text: {' '.join(str(error).split())[:200]}") from error


class _Loader(yaml.SafeLoader):
    """The safe loader, which refuses more."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Read one value; an alias would let a short text stand for gigabytes."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise LessonError(
                f"{_place(event.start_mark)}anchors (&) and aliases (*) are not used in lessons; write the value out, "
                "and put text that begins with & or * in quotes"
            )
        if self._depth >= MAX_DEPTH:
            raise LessonError(f"{_place(event.start_mark)}values are nested more than {MAX_DEPTH} deep")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping; a key given twice would silently hide the first value."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise LessonError(f"{_place(key.start_mark)}{key.value!r} is given twice; remove one of them")
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _place(mark: Any) -> str:
    return "" if mark is None else f"line {mark.line + 1}: "


def _explain(error: yaml.MarkedYAMLError) -> str:
    problem = (error.problem or "the text cannot be read").strip()
    advice = ""
    if "mapping values are not allowed" in problem:
        advice = "; put a text that contains a colon and a space in quotes, or use the form with |"
    elif "\\t" in problem or "tab" in problem:
        advice = "; indent with spaces, not with tabs"
    elif "could not determine a constructor" in problem:
        advice = "; tags (!) are not used in lessons"
    elif "expected ',' or" in problem:
        advice = "; put text that contains ? : , or brackets in quotes, and close every bracket"
    elif "escape" in problem:
        advice = "; formulas need single quotes or the form with |, since a backslash means more in double quotes"
    context = f" ({error.context.strip()})" if error.context else ""
    return f"the YAML is broken here: {problem}{context}{advice}"
