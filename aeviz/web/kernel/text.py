"""Names of settings as people say them, the same on every page."""

import math
import re
from collections.abc import Sequence

from aeviz.config import ObjectiveConfig
from aeviz.language import mark, number, tr

PENALTY = mark("penalty")
"""What `ObjectiveConfig.words` adds to the names of losses."""
_ICON = re.compile(r":(?=[\w+/-]+:)")
"""Opens the name of an emoji or icon, which Streamlit also finds in escaped text."""
_MARK = re.compile(r"[\\`*\[\]{}<>#|~$&^!]|(?<![^\W_])_|_(?![^\W_])|:(?=\w)")
_BEGINS = re.compile(r"^(\d*)([-+.)])(?=\s|$)")
"""Makes a line the item of a list."""
LEAST_DECIMALS = 5
"""Of errors that are compared."""


def name_objective(config: ObjectiveConfig) -> str:
    """Return the objective in words: the reconstruction loss, and what is added to it."""
    return " + ".join(tr(part) for part in config.words.split(" + "))


def escape(text: str) -> str:
    """Return text that is not Markdown, a name or an error, as Markdown that shows it letter by letter, on one line.

    Streamlit's own marks count as Markdown: emoji and icons (:name:), directives (:name[...]) and formulas ($).

    Args:
        text: The name of a class, a run, a data set or a file, or what an error says.
    """
    line = _MARK.sub(r"\\\g<0>", _ICON.sub(":\N{WORD JOINER}", " ".join(text.split())))
    return _BEGINS.sub(r"\1\\\2", line)


_AN = re.compile(r"[aeiouAEIOU]|8|1[18](?!\d)")


def with_article(name: str) -> str:
    """Return the name of a class after a or an: an 8, an Ankle boot, a 7."""
    return tr("an {name}", name=name) if _AN.match(name) else tr("a {name}", name=name)


def format_duration(seconds: float) -> str:
    """Return a duration in words that are short and no more exact than an estimate is."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{number(seconds / 3600, '.1f')} h"


def format_with_error(value: float, error: float | None) -> str:
    """Return a value with its standard error, rounded to two digits of the error: -142.18 ± 0.51."""
    if not error:
        return number(value, ",.1f")
    places = max(0, 1 - math.floor(math.log10(error)))
    return f"{number(value, f',.{places}f')} ± {number(error, f',.{places}f')}"


def with_minus(text: str) -> str:
    """Return a text of numbers with minus signs in place of hyphens."""
    return text.replace("-", "\N{MINUS SIGN}")


def decimals_for(values: Sequence[float]) -> int:
    """Return with how many decimals, 5 to 8, each value's distance from the least one has two digits.

    Values and differences are written with the same decimals, so that the difference of two numbers on the page is the
    one that the page names (`differ`).
    """
    gaps = [value - min(values) for value in values if value > min(values)]
    return max(LEAST_DECIMALS, min(8, 1 - math.floor(math.log10(min(gaps))))) if gaps else LEAST_DECIMALS


def differ(first: float, second: float, decimals: int) -> str:
    """Return the difference of two numbers as they are written with so many decimals."""
    return number(round(first, decimals) - round(second, decimals), f".{decimals}f")
