"""One decorator for all that visitors share: computed once, keyed by a model's stamp, its arrays read-only."""

import dataclasses
import functools
import hashlib
import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Generic, Literal, ParamSpec, TypeVar, cast

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from aeviz.language import tr

Stamp = str
"""Digest of path, time of change in ns and size of files."""
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_caches: "list[_Cache[object]]" = []
"""All that there are, for `forget_all`."""


class ByStamp:
    """A value that the caches tell apart by its stamp alone, whatever else it holds."""

    @property
    def stamp(self) -> Stamp:
        """Digest of the value's present state."""
        raise NotImplementedError


def shared(
    *, max_entries: int, spinner: str | Callable[..., str] | Literal[False] = False
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Return a decorator that computes a result once for all visitors and hands everybody the same object.

    Arrays in the result are made read-only, also those in tuples, lists, mappings and dataclasses. A `Model` among the
    arguments counts by its stamp, so a retrained model is read anew; the others must be hashable. An argument whose
    name begins with an underscore does not count; another one must identify it. An exception is not kept.

    It stands in for `st.cache_resource`, which needs a third of a millisecond to find a result: a page that looks up
    fifty of them in a rerun spends most of its time on that. This one needs three microseconds.

    Args:
        max_entries: Results that are kept; the one that was asked for longest ago goes first.
        spinner: Text to show while a result is computed, or what makes it from the arguments, so that it can tell how
            long that takes; False shows none.
    """

    def decorate(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        cache = _Cache(function, max_entries, spinner)
        _caches.append(cast("_Cache[object]", cache))

        @functools.wraps(function)
        def find(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            return cache.find(args, kwargs)

        return find

    return decorate


def forget_all() -> None:
    """Forget all that is shared, for tests: everything is computed anew when it is asked for."""
    for cache in _caches:
        cache.forget()


@dataclasses.dataclass(slots=True)
class _Turn:
    """Held by the visitor who computes a result, while others wait for it."""

    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)
    visitors: int = 0
    """How many hold it or wait for it."""


class _Cache(Generic[Result]):
    """The results of one function, those that were asked for last."""

    def __init__(
        self, function: Callable[..., Result], max_entries: int, spinner: str | Callable[..., str] | Literal[False]
    ) -> None:
        self._function, self._max_entries, self._spinner = function, max_entries, spinner
        self._names = tuple(inspect.signature(function).parameters)
        self._guard = threading.Lock()
        self._results: OrderedDict[tuple[object, ...], Result] = OrderedDict()
        self._computing: dict[tuple[object, ...], _Turn] = {}
        """So that one visitor computes what many ask for at the same time."""

    def find(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Result:
        key = self._key(args, kwargs)
        with self._guard:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
            turn = self._computing.setdefault(key, _Turn())
            turn.visitors += 1
        try:
            with turn.lock:
                with self._guard:
                    if key in self._results:
                        return self._results[key]
                with self._wait(args, kwargs):
                    result = self._function(*args, **kwargs)
                    freeze(result)
                    self._keep(key, result)  # before the spinner goes: a click meanwhile ends the script there
                return result
        finally:
            with self._guard:
                turn.visitors -= 1
                if not turn.visitors:
                    del self._computing[key]

    def _keep(self, key: tuple[object, ...], result: Result) -> None:
        with self._guard:
            self._results[key] = result
            while len(self._results) > self._max_entries:
                self._results.popitem(last=False)

    def forget(self) -> None:
        with self._guard:
            self._results.clear()

    def _key(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> tuple[object, ...]:
        given = [*zip(self._names, args, strict=False), *sorted(kwargs.items())]
        # with the type: 1, 1.0 and True are equal
        return tuple((name, type(value), _identify(value)) for name, value in given if not name.startswith("_"))

    def _wait(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> AbstractContextManager[None]:
        """Return the spinner; none where no page is being run."""
        if self._spinner is False or get_script_run_ctx(suppress_warning=True) is None:
            return nullcontext()
        return st.spinner(tr(self._spinner) if isinstance(self._spinner, str) else self._spinner(*args, **kwargs))


def _identify(value: object) -> object:
    return value.stamp if isinstance(value, ByStamp) else value


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
        for item in value:
            if not isinstance(item, str | int | float):
                freeze(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            freeze(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            freeze(getattr(value, field.name))
