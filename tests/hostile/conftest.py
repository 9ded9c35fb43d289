import warnings

import pytest


@pytest.fixture(autouse=True)
def _quiet():
    """Let the libraries warn of what they find odd: a page does not show it, and the test is about what follows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
