"""Names of units and their values, the same in all parts of the page."""

from aeviz.language import number


def name_unit(unit: int) -> str:
    """Return the name of a unit, counted from 0, as maps and sliders have it."""
    return f"z{unit + 1}"


def format_value(value: float) -> str:
    """Return a measure with two or three digits that count, without an exponent where it is large."""
    return number(value, ",.0f" if abs(value) >= 100 else "#.2g" if abs(value) < 1 else "#.3g")
