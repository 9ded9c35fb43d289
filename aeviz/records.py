"""Frozen dataclasses from JSON: names and types are checked, lists become tuples, and whole numbers floats where asked.

A file that somebody edited by hand then fails where it is read, with the name of the field, not later in a page.
"""

import dataclasses
import functools
import math
import reprlib
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

from aeviz.errors import ConfigError

Record = TypeVar("Record")
MAX_INTEGER = 2**63 - 1
"""Largest whole number that is read: what NumPy and torch hold, and more than any setting means."""
_MOST_KEYS = 20
_MOST_LETTERS = 80
_short = reprlib.Repr()
_short.maxlevel, _short.maxlist, _short.maxtuple, _short.maxdict = 3, 20, 20, 10
_short.maxstring, _short.maxother = _MOST_LETTERS, _MOST_LETTERS


def require(condition: bool, message: str) -> None:
    """Raise a ConfigError with the message unless the condition holds."""
    if not condition:
        raise ConfigError(message)


def shorten(value: Any) -> str:
    """Return a JSON value as Python writes it, cut to what a message can hold.

    A value from a file may be a text of megabytes, lists nested deeper than `repr` can go, or a number of more digits
    than Python turns into text.
    """
    if isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        return f"a number of about {int(value.bit_length() * math.log10(2)) + 1:,} digits"
    return _short.repr(value)


def from_mapping(cls: type[Record], values: Any, where: str = "") -> Record:
    """Build a dataclass, and those inside it, from mappings of JSON values.

    Args:
        cls: The dataclass.
        values: The mapping.
        where: What messages put before a key, such as "provenance.".

    Raises:
        ConfigError: A key is unknown or missing, or a value has the wrong type; every unknown key is listed.
    """
    unknown, known = _unknown_keys(cls, values, where)
    if unknown:
        raise ConfigError(f"unknown setting {_join(unknown)}; expected only: {', '.join(known)}")
    record: Record = _build(cls, values, where)
    return record


def _join(keys: Sequence[str]) -> str:
    """Return keys in quotes, no more than a message can hold."""
    more = f" and {len(keys) - _MOST_KEYS:,} more" if len(keys) > _MOST_KEYS else ""
    return ", ".join(shorten(key) for key in keys[:_MOST_KEYS]) + more


def field_type(cls: type, path: Sequence[str]) -> Any:
    """Return the annotation of a field, which may lie in a dataclass inside `cls`: the names that lead to it."""
    hint: Any = cls
    for name in path:
        hint = _hints(hint)[name]
    return hint


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _unknown_keys(cls: type, values: Any, where: str) -> tuple[list[str], list[str]]:
    """Return the keys of all groups that name no field, and the fields of the groups they were found in."""
    if not isinstance(values, Mapping):
        return [], []  # `_build` says what is wrong with it
    hints = _hints(cls)
    unknown = [where + str(key) for key in values if key not in hints]
    known = [where + key for key in hints] if unknown else []
    for key, hint in hints.items():
        if dataclasses.is_dataclass(hint):
            more_unknown, more_known = _unknown_keys(typing.cast(type, hint), values.get(key), f"{where}{key}.")
            unknown, known = unknown + more_unknown, known + more_known
    return unknown, known


def _build(cls: type, values: Any, where: str) -> Any:
    """Build the dataclass `cls` from a mapping, checking names and types and converting lists to tuples."""
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where.rstrip('.') or 'config'} is {shorten(values)}; expected a group of settings")
    hints = _hints(cls)
    optional = (dataclasses.MISSING, dataclasses.MISSING)
    missing = [
        where + field.name
        for field in dataclasses.fields(cls)
        if field.name not in values and (field.default, field.default_factory) == optional
    ]
    require(not missing, f"{', '.join(missing)} is missing")
    return cls(**{key: _convert(hints[key], value, where + key) for key, value in values.items()})


def _convert(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type, hint), value, where + ".")
    if isinstance(hint, types.UnionType):
        inner = next(option for option in typing.get_args(hint) if option is not type(None))
        return None if value is None else _convert(inner, value, where)
    # messages are made only where they are needed: a history has a million values
    if typing.get_origin(hint) is Literal:
        options = typing.get_args(hint)
        if value not in options:
            raise ConfigError(f"{where}={shorten(value)}; expected one of: {', '.join(options)}")
        return value
    if typing.get_origin(hint) is tuple:
        item, *rest = typing.get_args(hint)
        if not isinstance(value, list | tuple):
            raise ConfigError(f"{where}={shorten(value)}; expected a list such as [128,64,12]")
        if rest != [Ellipsis] and len(value) != 1 + len(rest):
            raise ConfigError(f"{where}={shorten(value)}; expected {1 + len(rest)} numbers")
        return tuple(_convert(item, entry, where) for entry in value)
    if typing.get_origin(hint) is Mapping:
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where}={shorten(value)}; expected a group of values")
        item = typing.get_args(hint)[1]
        return {str(key): _convert(item, entry, f"{where}.{str(key)[:_MOST_LETTERS]}") for key, entry in value.items()}
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > sys.float_info.max:
            raise ConfigError(f"{where}={shorten(value)}; expected a finite number")
        return float(value)
    if not isinstance(value, hint) or isinstance(value, bool) != (hint is bool):  # Python's bools are ints
        names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
        raise ConfigError(f"{where}={shorten(value)}; expected {names[hint]}")
    if hint is int and abs(value) > MAX_INTEGER:
        raise ConfigError(f"{where}={shorten(value)}; expected at most {MAX_INTEGER}")
    if hint is float and not math.isfinite(value):
        raise ConfigError(f"{where}={shorten(value)}; expected a finite number")
    return value
