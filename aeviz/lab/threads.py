"""One thread in each matrix product: beside other busy processes a second one made small products ten times slower."""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # looking for the libraries takes milliseconds, so it is done once


def one_thread() -> AbstractContextManager[Any]:
    """Hold NumPy's matrix products to one thread for a while."""
    limit: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limit
