"""Writes to the log how the workers of this process go on: queued, started, ended, failed."""

import logging
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from aeviz.errors import CheckpointError
from aeviz.serving.journal import current_session, is_json
from aeviz.training.safe_files import read_json_checked

LOOK_S = 1.0
"""Seconds between two looks at the workers."""
_STATUS = "status.json"
_BEFORE = ("", "queued")
_ENDS = ("finished", "stopped", "failed")
_log = logging.getLogger(__name__)
_guard = threading.Lock()


@dataclass(slots=True)
class _Followed:
    """A worker, and what was last said of it."""

    kind: str
    path: Path
    process: subprocess.Popen[bytes]
    session: str | None
    has_started: bool = False


_followed: list[_Followed] = []


def follow(kind: str, path: Path, process: subprocess.Popen[bytes]) -> None:
    """Say that a worker was queued, and follow it, where programs read the log; else do nothing."""
    if not is_json():
        return
    worker = _Followed(kind, path, process, current_session())
    _say(worker, "job queued", "queued")
    with _guard:
        is_first = not _followed
        _followed.append(worker)
    if is_first:  # a thread for as long as there are workers
        threading.Thread(target=_watch, name="aeviz-watch", daemon=True).start()


def look() -> bool:
    """Look at all workers once and say what is new; return whether any is left."""
    with _guard:
        workers = list(_followed)
    ended = [worker for worker in workers if _look_at(worker)]
    with _guard:
        _followed[:] = [worker for worker in _followed if worker not in ended]
        return bool(_followed)


def _watch() -> None:
    while look():
        time.sleep(LOOK_S)


def _look_at(worker: _Followed) -> bool:
    """Say what is new of a worker; return whether it has ended."""
    is_gone = worker.process.poll() is not None  # before its last words are read
    try:
        status = read_json_checked(worker.path / _STATUS)
    except CheckpointError:
        status = {}
    state, message = str(status.get("state", "")), str(status.get("message", ""))
    is_of_another = status.get("pid") != worker.process.pid  # the status of the worker before, or that of a rival
    if is_of_another and not is_gone:
        return False
    if is_of_another or (is_gone and state not in _ENDS):
        state, message = "interrupted", "its process ended early"
    if not worker.has_started and state not in (*_BEFORE, "interrupted"):
        worker.has_started = True
        _say(worker, "job started", "working")
    if state in ("finished", "stopped"):
        _say(worker, "job ended", state)
    elif state in ("failed", "interrupted"):
        _say(worker, "job failed", state, message)
    else:
        return False
    return True


def _say(worker: _Followed, event: str, state: str, message: str = "") -> None:
    name = worker.path.name
    fields = {"event": event, "job": name, "kind": worker.kind, "state": state, "session": worker.session}
    level = logging.WARNING if event == "job failed" else logging.INFO
    _log.log(level, "%s %s: %s%s", worker.kind, name, state, f": {message}" if message else "", extra=fields)
