"""Values in an address, which may come from anywhere."""

import pytest

from aeviz.web.kernel.url import parse_share


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("1", 1), ("0.25", 0.25), (".5", 0.5), ("1.0", 1)])
def test_share_is_read(text, value):
    assert parse_share(text) == value


@pytest.mark.parametrize("text", ["", "2", "1.5", "-0.1", "nan", "1e-1", "0.123", "\N{ARABIC-INDIC DIGIT ZERO}"])
def test_what_is_no_share_counts_as_absent(text):
    assert parse_share(text) is None
