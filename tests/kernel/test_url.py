"""Values in an address, which may come from anywhere."""

import pytest

from aeviz.web.kernel.url import parse_number, parse_share


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("1", 1), ("0.25", 0.25), (".5", 0.5), ("1.0", 1)])
def test_share_is_read(text, value):
    assert parse_share(text) == value


@pytest.mark.parametrize("text", ["", "2", "1.5", "-0.1", "nan", "1e-1", "0.123", "\N{ARABIC-INDIC DIGIT ZERO}"])
def test_what_is_no_share_counts_as_absent(text):
    assert parse_share(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("17", 17),
        ("17.0", 17),
        ("0", 0),
        ("17.5", None),
        ("17.x", None),
        ("-1", None),
        ("\N{ARABIC-INDIC DIGIT THREE}", None),
        ("9" * 10, None),
    ],
)
def test_whole_number_in_an_address(text, number):
    """Widgets write whole numbers like 1.0; whatever else is none."""
    assert parse_number(text) == number
