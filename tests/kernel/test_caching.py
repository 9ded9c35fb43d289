"""What visitors share: computed once, distinguished by stamps, read-only."""

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


def test_one_computes_at_a_time_also_after_an_exception():
    """Who waited while another one failed computes anew, and who comes then waits for them."""
    begun, failing = threading.Event(), threading.Event()
    calls, at_work, most = [], [], []

    @shared(max_entries=2)
    def compute():
        calls.append(1)
        at_work.append(1)
        most.append(len(at_work))
        begun.set()
        try:
            if len(calls) == 1:
                assert failing.wait(10)
                raise LookupError("the first one fails")
            time.sleep(0.1)
            return "there"
        finally:
            at_work.pop()

    results = []

    def ask():
        try:
            results.append(compute())
        except LookupError as error:
            results.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    time.sleep(0.05)  # it waits for the first
    failing.set()
    time.sleep(0.05)  # the second computes
    threads[2].start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["the first one fails", "there", "there"]
    assert (len(calls), max(most)) == (2, 1)


def test_result_is_kept_when_a_click_ends_the_script_that_waited_for_it(monkeypatch):
    """Streamlit ends a script where it next talks to the page, which is where the spinner goes."""
    import contextlib

    from streamlit.runtime.scriptrunner import StopException

    from aeviz.web.kernel import caching

    @contextlib.contextmanager
    def spinner(text):
        yield
        raise StopException

    monkeypatch.setattr(caching, "get_script_run_ctx", lambda **_: object())
    monkeypatch.setattr(caching.st, "spinner", spinner)
    compute, calls = counted(spinner="computing")
    with pytest.raises(StopException):
        compute(value=1)
    assert compute(value=1)[2] == 2
    assert calls == [1]


def test_arrays_in_tuples_and_lists_are_read_only():
    @shared(max_entries=1)
    def compute():
        return [(3, [np.zeros(2)])]

    ((_, (array,)),) = compute()
    assert not array.flags.writeable


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
