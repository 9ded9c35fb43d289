"""Settings as text: key=value, as on the command line."""

import json
import typing
from collections.abc import Mapping
from typing import Any


def leaf_keys(values: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return the dotted keys of nested dictionaries, in their order."""
    keys = []
    for key, value in values.items():
        keys += leaf_keys(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
    return keys


def format_value(value: Any, hint: Any) -> str:
    """Return a JSON value of a field with that annotation as text that `parse_value` reads back."""
    is_plain = isinstance(value, str) and parse_value(value, hint) == value
    return value if is_plain else json.dumps(value, separators=(",", ":"))


def parse_value(text: str, hint: Any) -> Any:
    """Return the JSON value that text means for a field with that annotation."""
    if text.lower() in ("none", "null") and text not in typing.get_args(hint):
        return None
    try:
        value = json.loads(text)
    except ValueError:  # no JSON, or a number of thousands of digits
        return text
    wants_text = str in (hint, *typing.get_args(hint))
    return text if wants_text and not isinstance(value, str) else value
