"""Names from a file system, which may hold any bytes: how to show them, and how to sort them."""

import os
import re
from pathlib import PurePath
from typing import Any

_JOINERS = "\u200c\u200d"
"""Invisible characters that some scripts need inside words."""


def printable(name: str | PurePath) -> str:
    r"""Return a name in a form that can be printed, written as JSON and shown on a page, whatever its bytes.

    Control characters, and bytes that are no UTF-8, are written as a backslash and their code: b"caf\xe9" becomes
    "caf\\xe9". All other names stay as they are.
    """
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() or char in _JOINERS else _escape(char) for char in text)


def natural_key(name: str) -> tuple[list[Any], str]:
    """Return a key that sorts numbers in names by their value: s1, s2, s10.

    Letters are compared by their code points: capitals come first.
    """
    parts = re.split("([0-9]+)", name)  # text, digits, text, ...: equal places always hold the same type
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
