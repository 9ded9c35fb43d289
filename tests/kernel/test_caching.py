"""What visitors share: computed once, told apart by stamps, read-only."""

import threading
import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

from aeviz.web.kernel.caching import ByStamp, forget_all, shared


@dataclass(frozen=True, eq=False)
class Handle(ByStamp):
    name: str

    @cached_property
    def stamp(self):
        return self.name.lower()


def counted(**options):
    calls = []

    @shared(max_entries=2, **options)
    def compute(*, value, scale=1, _aside=None):
        calls.append(value)
        return np.arange(3) * scale

    return compute, calls


def test_result_is_computed_once_and_read_only():
    compute, calls = counted()
    first = compute(value=1)
    assert compute(value=1, _aside="another") is first
    assert calls == [1]
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 7


def test_arguments_count_with_their_type_and_models_by_their_stamp():
    calls = []

    @shared(max_entries=8)
    def compute(value, other=0):
        calls.append(value)
        return len(calls)

    assert [compute(1), compute(True), compute(1.0), compute(1, other=2), compute(1)] == [1, 2, 3, 4, 1]
    assert compute(Handle("A")) == compute(Handle("a")) == 5
    assert compute(Handle("b")) == 6


def test_result_that_was_asked_for_longest_ago_goes_first():
    compute, calls = counted()
    for value in (1, 2, 1, 3, 1, 2):
        compute(value=value)
    assert calls == [1, 2, 3, 2]


def test_exception_is_not_kept():
    answers = [LookupError("not there yet"), "there"]

    @shared(max_entries=2)
    def compute():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(LookupError):
        compute()
    assert compute() == compute() == "there"


def test_many_who_ask_at_once_wait_for_one():
    calls = []

    @shared(max_entries=2)
    def compute():
        calls.append(threading.get_ident())
        time.sleep(0.05)
        return object()

    results = []
    threads = [threading.Thread(target=lambda: results.append(compute())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len(set(map(id, results))) == 1


def test_everything_can_be_forgotten():
    compute, calls = counted()
    compute(value=1)
    forget_all()
    compute(value=1)
    assert calls == [1, 1]


def test_spinner_may_tell_what_the_arguments_say(monkeypatch):
    import contextlib

    from aeviz.web.kernel import caching

    shown = []
    monkeypatch.setattr(caching, "get_script_run_ctx", lambda **_: object())
    monkeypatch.setattr(caching.st, "spinner", lambda text: contextlib.nullcontext(shown.append(text)))

    @shared(max_entries=2, spinner=lambda count: f"about {count} s")
    def compute(count):
        return count

    assert (compute(3), compute(3)) == (3, 3)
    assert shown == ["about 3 s"]
