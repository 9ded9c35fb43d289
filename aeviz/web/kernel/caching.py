"""One decorator for all that visitors share: computed once, keyed by a model's stamp, its arrays read-only."""

import dataclasses
import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar, cast

import numpy as np
import streamlit as st

Stamp = str
"""Digest of path, time of change in ns and size of files."""
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_BY_STAMP: dict[str | type, Callable[[object], object]] = {
    "aeviz.web.kernel.models.Model": lambda model: getattr(model, "stamp")  # noqa: B009 (typed as object here)
}
"""How Streamlit tells models apart: by what their files are now, not by what is in them."""


def shared(
    *, max_entries: int, spinner: str | Literal[False] = False
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Return a decorator that computes a result once for all visitors and hands everybody the same object.

    Arrays in the result are made read-only, also those in tuples, lists, mappings and dataclasses. A `Model` among the
    arguments counts by its stamp, so a retrained model is read anew. An argument whose name begins with an underscore
    does not count; another one must identify it. An exception is not kept.

    Args:
        max_entries: Results that are kept; the oldest one goes first.
        spinner: Text to show while a result is computed; False shows none.
    """

    def decorate(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        @functools.wraps(function)
        def compute(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            result = function(*args, **kwargs)
            freeze(result)
            return result

        cached = st.cache_resource(max_entries=max_entries, show_spinner=spinner, hash_funcs=_BY_STAMP)(compute)
        return cast("Callable[Parameters, Result]", cached)

    return decorate


def stamp_of(paths: Iterable[Path]) -> Stamp:
    """Return the digest of files and folders as they are now; those that are missing do not count."""
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        digest.update(f"{path}|{status.st_mtime_ns}|{status.st_size}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def freeze(value: object) -> None:
    """Make the arrays in a value read-only, also those in tuples, lists, mappings and dataclasses."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, tuple | list):
        if not value or not isinstance(value[0], str | int | float):
            for item in value:
                freeze(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            freeze(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            freeze(getattr(value, field.name))
