"""A computation in a worker whose result is kept under AEVIZ_CACHE for all visitors.

A task is a folder, AEVIZ_CACHE/KIND/KEY. KEY is a digest of all that the result depends on:

    result.npz     the arrays that it computed: whole or absent
    status.json    what the worker does, or why it ended
    worker.lock    held by the worker for as long as it lives
    stop           an empty file that asks it to end
    input.npz      the arrays that it computes from, until it has ended
    worker.log     what it prints

One task of a kind works at a time. The others wait, as small processes that have imported nothing large yet. A visitor
may leave meanwhile; the worker ends with the server (see `aeviz.workers.process`).
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from filelock import FileLock, Timeout

from aeviz.errors import AevizError, CheckpointError, ConfigError
from aeviz.language import mark
from aeviz.paths import cache_root
from aeviz.records import from_mapping
from aeviz.training.arrays import read_arrays
from aeviz.training.files import overwrite_json, write_atomically, write_json
from aeviz.training.locks import is_locked
from aeviz.training.safe_files import read_json_checked
from aeviz.workers import process

RESULT, STATUS, LOCK, STOP, INPUT, LOG = (
    "result.npz", "status.json", "worker.lock", "stop", "input.npz", "worker.log"
)  # fmt: skip
TURN = "turn.lock"
"""In the folder of a kind: held by the worker whose turn it is."""
REPORT_S = 0.5
"""Least seconds between two writes of the status."""
LOCK_S = 1.0
"""Seconds for which a worker asks for its lock, which a look from another server holds for a moment."""
LOOK_S = 0.2
"""Seconds between two looks for a request to stop."""
NICENESS = 10

State = Literal["queued", "working", "finished", "stopped", "failed"]
ObservedState = State | Literal["interrupted"]
"""The last status of a worker, or that it is gone although its status says that it works."""
Arrays = Mapping[str, np.ndarray]
Progress = Callable[[float, str], None]
"""Takes the share of the work that is done, from 0 to 1, and what is being done."""
Compute = Callable[[Any, Arrays, Progress], Arrays]
"""Takes the settings, the arrays of the input and where to report progress; returns the arrays of the result."""

_starting = threading.Lock()
"""Held while a task is started: a second start must not remove the status that the first one's worker wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    """The status that a worker writes."""

    state: State
    pid: int
    began_at: float
    """When its turn came, by the monotonic clock that all processes of a machine share; 0 before."""
    share: float = 0.0
    """Of the work that is done, from 0 to 1."""
    seconds_left: float = -1.0
    """By the pace so far; below 0 where nothing is known."""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """How a task stands."""

    state: ObservedState
    share: float
    """Of the work that is done, from 0 to 1."""
    seconds: float
    """Since its turn came; 0 before."""
    seconds_left: float | None
    """By the pace so far; None where nothing is known."""
    message: str
    """The present step, or the reason why it ended."""

    @property
    def is_active(self) -> bool:
        """Whether a worker is alive."""
        return self.state in ("queued", "working")


def digest_key(*parts: Any) -> str:
    """Return the key of a task: a digest of JSON values that stand for all that its result depends on."""
    text = json.dumps(parts, sort_keys=True)
    return hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A computation by its kind and key."""

    kind: process.Kind
    key: str

    @property
    def path(self) -> Path:
        """The folder of the task; it may not exist yet."""
        return cache_root().resolve() / self.kind / self.key

    def result(self) -> dict[str, np.ndarray] | None:
        """Return the arrays that were computed; None where that is not done yet or they cannot be read."""
        try:
            return read_arrays(self.path / RESULT)
        except CheckpointError:
            return None

    def observe(self) -> TaskView | None:
        """Return how the task stands; None where it was never started."""
        process.reap()
        path = self.path
        status = _read_status(path)
        if status is None:
            return None
        state: ObservedState = status.state
        if state in ("queued", "working") and not is_locked(path / LOCK):
            again = _read_status(path)  # it may have ended between the two looks
            state = "interrupted" if again is None or again.state in ("queued", "working") else again.state
            status = again or status
        return TaskView(
            state=state,
            share=status.share,
            seconds=max(0.0, time.monotonic() - status.began_at) if status.began_at else 0.0,
            seconds_left=status.seconds_left if status.seconds_left >= 0 else None,
            message=status.message,
        )

    def start(self, settings: Mapping[str, Any], arrays: Arrays, *, is_done: Callable[[], bool]) -> None:
        """Compute the result in a worker, unless that is done or under way.

        Args:
            settings: JSON values for the worker.
            arrays: Its input.
            is_done: Whether there is a result that can be used.

        Raises:
            WorkerError: The worker did not start, or the cache cannot be written.
        """
        path = self.path
        with _starting, process.file_errors("compute anything", cache_root(), "AEVIZ_CACHE"):
            if is_done():
                return
            path.mkdir(parents=True, exist_ok=True)
            deadline = time.monotonic() + process.START_S
            while (path / STOP).exists() and is_locked(path / LOCK) and time.monotonic() < deadline:
                time.sleep(process.LOOK_S)  # a worker that was asked to stop is on its way out
            if is_locked(path / LOCK):
                return
            for name in (RESULT, STOP, STATUS, LOG):
                (path / name).unlink(missing_ok=True)
            _write_arrays(path / INPUT, arrays, np.savez)  # compressing it would hold up whoever starts a task
            process.launch(
                self.kind,
                path,
                dict(settings),
                log=path / LOG,
                environment=process.quiet_environment(),
                has_reported=lambda pid: _read_status(path) is not None,
            )

    def ask_to_stop(self) -> None:
        """Ask the worker to end; what it did is lost.

        Raises:
            WorkerError: The request cannot be written.
        """
        with process.file_errors("stop what is computed", cache_root(), "AEVIZ_CACHE"):
            (self.path / STOP).touch()


def work(path: Path, compute: Compute) -> int:
    """Be the worker of the task in the folder `path`; return the exit status."""
    settings = process.begin(NICENESS)
    try:
        with FileLock(path / LOCK, thread_local=False).acquire(timeout=LOCK_S):
            return _Reporter(path).work(settings, compute)
    except Timeout:
        return 0  # another computes the same


class _Reporter:
    """Does a task and writes its status: not too often, with the time left."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.Lock()
        self._last = self._moved = 0.0
        self._began_at = 0.0
        self._text = ""

    def work(self, settings: Any, compute: Compute) -> int:
        self._write("queued", mark("waiting for its turn"))
        threading.Thread(target=self._watch, daemon=True).start()
        try:
            with FileLock(self._path.parent / TURN, thread_local=False):
                self._began_at = time.monotonic()
                self._write("working", "starting")
                with np.load(self._path / INPUT, allow_pickle=False) as arrays:
                    inputs = dict(arrays)
                _write_arrays(self._path / RESULT, compute(settings, inputs, self._report), np.savez_compressed)
            self._write("finished", "", 1.0)
        except AevizError as error:
            self._write("failed", str(error))
            return 2
        except OSError as error:
            self._write("failed", process.describe_file_error(error, "keep the result", cache_root(), "AEVIZ_CACHE"))
            return 2
        except Exception as error:
            self._write("failed", f"the computation failed: {type(error).__name__}: {error}")
            raise
        finally:
            (self._path / INPUT).unlink(missing_ok=True)
        return 0

    def _report(self, share: float, text: str) -> None:
        now = time.monotonic()
        if share <= 0 or not self._moved:
            self._moved = now
        if text == self._text and now - self._last < REPORT_S:
            return
        self._last, self._text = now, text
        left = (now - self._moved) * (1 - share) / share if share > 0.02 else -1.0
        self._write("working", text, share, left)

    def _write(self, state: State, message: str, share: float = 0.0, left: float = -1.0) -> None:
        with self._writing:
            self._replace_status(state, message, share, left)

    def _replace_status(self, state: State, message: str, share: float = 0.0, left: float = -1.0) -> None:
        status = _Status(
            state=state,
            pid=os.getpid(),
            began_at=self._began_at,
            message=message,
            share=share,
            seconds_left=left,
        )
        try:
            write_json(self._path / STATUS, asdict(status))
        except OSError:  # a full disk does not end the computation here: who keeps the result says it
            with suppress(OSError):
                overwrite_json(self._path / STATUS, asdict(status))

    def _watch(self) -> None:
        while not (self._path / STOP).exists():
            time.sleep(LOOK_S)
        with self._writing:  # until the end: the computation must not report after this
            self._replace_status("stopped", "stopped before it was done")
            (self._path / INPUT).unlink(missing_ok=True)
            os._exit(process.STOPPED)


def _write_arrays(path: Path, arrays: Arrays, save: Any) -> None:
    write_atomically(path, lambda temporary: save(temporary, **arrays))


def _read_status(path: Path) -> _Status | None:
    try:
        return from_mapping(_Status, read_json_checked(path / STATUS))
    except (CheckpointError, ConfigError):
        return None
