"""The state of a training run and the requests to its trainer: three kinds of small files in the run's folder.

    status.json      written by the trainer alone: its state, and all settings, so that a run which never began
                     can be begun again
    trainer.lock     held by the trainer for as long as it lives; the system lets go of it however the trainer ends, so
                     neither a kill nor a process number that is used again can be mistaken for a living trainer
    pause, stop      empty files that ask the trainer to pause or to stop; all who may write to the folder may ask

Needs no torch.
"""

import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock

from aeviz.config import RunConfig
from aeviz.errors import CheckpointError, ConfigError
from aeviz.records import from_mapping
from aeviz.training.files import overwrite_json, write_json
from aeviz.training.locks import is_locked
from aeviz.training.safe_files import read_json_checked, stat_checked

STATUS, LOCK, LOG, PAUSE, STOP = "status.json", "trainer.lock", "trainer.log", "pause", "stop"
JOB_FILES = frozenset({STATUS, LOCK, LOG, PAUSE, STOP})
"""Files that may lie in a folder before its run begins."""

State = Literal["queued", "preparing", "training", "paused", "measuring", "finished", "stopped", "failed"]
ACTIVE: frozenset[State] = frozenset({"queued", "preparing", "training", "paused", "measuring"})
"""States in which a trainer is alive."""
WORKING: frozenset[State] = frozenset({"preparing", "training", "measuring"})
"""States in which it uses the processor."""
Request = Literal["pause", "stop"]
LAST_SECOND = 253_402_300_800.0
"""Start of the year 10000 in seconds since 1970: no date library goes beyond."""

MOST_KNOWN = 512
"""Runs whose last status is kept: a page that polls asks for the same finished runs again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """The state of a trainer and its progress."""

    state: State
    settings: RunConfig
    """All settings of the run."""
    pid: int
    """Number of the trainer's process, for people."""
    from_app: bool
    """Whether the app started it: such a trainer waits for its turn and ends with the server."""
    queued_at: float
    """When it began to wait for its turn, in seconds since 1970."""
    updated_at: float
    """When this was written, in seconds since 1970."""
    epoch: int = 0
    """Epochs trained."""
    step: int = 0
    """Optimizer steps of the epoch in progress."""
    steps_per_epoch: int = 0
    """0 until the data is read."""
    device: str = ""
    """Name of the device that computes."""
    message: str = ""
    """The activity in progress, or why training ended."""


_known: dict[Path, tuple[tuple[int, int, int], JobStatus | None]] = {}
"""By folder: time, size and number of the status file, and the status; of each run the last one alone."""
_guard = threading.Lock()


def write_status(path: Path, status: JobStatus) -> None:
    """Write the status of the run in the folder `path`, atomically."""
    write_json(path / STATUS, asdict(status))


def overwrite_status(path: Path, status: JobStatus) -> None:
    """Write the status into the file that is there; a part of it, as a reader may find then, counts as no status."""
    overwrite_json(path / STATUS, asdict(status))


def read_status(path: Path) -> JobStatus | None:
    """Read the status of the run in the folder `path`; None where no trainer left one that can be read."""
    try:
        stat = stat_checked(path / STATUS)
    except CheckpointError:
        return None
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    with _guard:
        known = _known.pop(path, None)
        if known is not None:
            _known[path] = known  # read last
    if known is not None and known[0] == stamp:
        return known[1]
    status = _read_anew(path)
    with _guard:
        _known.pop(path, None)
        _known[path] = stamp, status
        while len(_known) > MOST_KNOWN:
            del _known[next(iter(_known))]
    return status


def _read_anew(path: Path) -> JobStatus | None:
    try:
        status = from_mapping(JobStatus, read_json_checked(path / STATUS))
    except (CheckpointError, ConfigError):
        return None
    counts = (status.pid, status.epoch, status.step, status.steps_per_epoch)
    times = (status.queued_at, status.updated_at)
    is_sound = min(counts) >= 0 and status.step <= status.steps_per_epoch and all(0 <= t < LAST_SECOND for t in times)
    return status if is_sound else None


def trainer_lock(path: Path) -> FileLock:
    """Return the lock that the trainer of the run in the folder `path` holds while it lives."""
    return FileLock(path / LOCK, thread_local=False)


def has_trainer(path: Path) -> bool:
    """Whether a trainer is at work in the folder `path`."""
    return is_locked(path / LOCK)


def ask(path: Path, request: Request) -> None:
    """Ask the trainer of the run in the folder `path` to pause or to stop."""
    (path / request).touch()


def withdraw(path: Path, request: Request) -> None:
    """Take a request back."""
    (path / request).unlink(missing_ok=True)


def is_asked(path: Path, request: Request) -> bool:
    """Whether the trainer is asked to pause or to stop."""
    return os.path.exists(path / request)  # unlike Path.exists this is False for a folder that may not be entered


def now() -> float:
    """Return the seconds since 1970, within what `read_status` takes for a time whatever the clock says."""
    return min(max(0.0, time.time()), LAST_SECOND - 1)
