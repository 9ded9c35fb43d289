"""How Three regimes writes the numbers of its table."""

import pytest

from aeviz.web.regimes.view import ONE_CODE, UNMEASURED, _write


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.0123456, ".4f", "0.0123"),
        (0.25, ".1%", "25.0%"),
        (3.2e-5, ".1e", "3.2 \N{MULTIPLICATION SIGN} 10\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT FIVE}"),
        (1.5e12, ".1e", "1.5 \N{MULTIPLICATION SIGN} 10\N{SUPERSCRIPT ONE}\N{SUPERSCRIPT TWO}"),
    ],
)
def test_numbers_with_an_exponent_are_written_as_powers_of_ten(value, form, text):
    assert _write(value, form, UNMEASURED) == text


@pytest.mark.parametrize("missing", [ONE_CODE, UNMEASURED])
def test_missing_measure_says_why(missing):
    assert _write(None, ".4f", missing) == missing
