"""Numbers in words of the page."""

import pytest

from aeviz.web.kernel.text import decimals_for, differ, format_with_error


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (-142.18306, 0.50968, "-142.18 ± 0.51"),
        (-426233.43, 2625.4, "-426,233 ± 2,625"),
        (0.956, 0.0233, "0.956 ± 0.023"),
        (12.34, 1.0, "12.3 ± 1.0"),
        (-7.26, None, "-7.3"),
        (0.0, 0.0, "0.0"),
    ],
)
def test_value_has_the_places_of_its_error(value, error, text):
    assert format_with_error(value, error) == text


@pytest.mark.parametrize(
    ("values", "decimals"), [([0.0357478, 0.0356837], 6), ([0.1, 0.2], 5), ([0.3, 0.3], 5), ([1.0, 1.0 + 1e-12], 8)]
)
def test_difference_on_the_page_is_that_of_the_numbers_on_the_page(values, decimals):
    assert decimals_for(values) == decimals
    low, high = (f"{value:.{decimals}f}" for value in sorted(values))
    assert differ(max(values), min(values), decimals) == f"{float(high) - float(low):.{decimals}f}"
