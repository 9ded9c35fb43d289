"""The trainer's side of a job: wait for a place in the queue, report progress, pause and stop on request.

Needs no torch, so that a trainer which waits for its turn is a small process.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from aeviz.config import RunConfig
from aeviz.errors import ConfigError, TrainingStopped
from aeviz.training.status import (
    WORKING,
    JobStatus,
    State,
    has_trainer,
    is_asked,
    now,
    overwrite_status,
    read_status,
    trainer_lock,
    withdraw,
    write_status,
)

POLL_S = 0.2
"""Seconds between two checks for requests."""
QUEUE_POLL_S = 1.0
"""Seconds between two checks of the queue: thirty trainers may wait in it."""
REPORT_S = 0.5
"""Seconds between two reports while an epoch is in progress."""
QUEUE_LOCK = ".queue.lock"


def max_jobs() -> int:
    """Return how many jobs of the app may work at once: AEVIZ_JOBS, else 1.

    Raises:
        ConfigError: AEVIZ_JOBS is no whole number from 1 up.
    """
    text = os.environ.get("AEVIZ_JOBS") or "1"
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError(f"AEVIZ_JOBS={text!r}; expected a whole number from 1 up, such as 2")
    return int(text)


class Monitor:
    """Reports the state of a training run in status.json, and follows requests to pause and to stop.

    Args:
        path: Folder of the run.
        config: Every setting.
        from_app: Whether the app started the trainer.
    """

    def __init__(self, path: Path, config: RunConfig, *, from_app: bool = False) -> None:
        self.path = path
        self._checked_at = self._reported_at = 0.0
        before = read_status(path)
        self._status = JobStatus(
            state="queued",
            settings=config,
            pid=os.getpid(),
            from_app=from_app,
            queued_at=now(),
            updated_at=now(),
            epoch=0 if before is None else before.epoch,
        )

    @property
    def is_from_app(self) -> bool:
        """Whether the app started the trainer."""
        return self._status.from_app

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Hold the folder's lock, and with it the right to write into the folder; requests from before are dropped.

        Raises:
            ConfigError: Another trainer is at work there.
        """
        if not self.path.is_dir():  # or the lock would make it again, after somebody has deleted it
            raise ConfigError(f"the folder {str(self.path)!r} is gone; the run was deleted")
        try:
            lock = trainer_lock(self.path).acquire(timeout=2)
        except Timeout as error:
            raise ConfigError(
                f"another trainer is at work in {str(self.path)!r}; wait until it ends, or name another folder"
            ) from error
        except OSError as error:
            raise ConfigError(
                f"cannot lock the folder {str(self.path)!r}: {error.strerror or error}; expected a folder that aeviz "
                "may write to, with room on the disk"
            ) from error
        with lock:
            withdraw(self.path, "pause")
            withdraw(self.path, "stop")
            yield

    def report(self, state: State, message: str = "", **progress: int | str) -> None:
        """Write the state of the run, a message, and any of epoch, step, steps_per_epoch and device.

        A full disk does not end training here: whoever saves weights next raises the error.
        """
        self._reported_at = time.monotonic()
        fields = {"state": state, "message": message, "updated_at": now(), **progress}
        self._status = replace(self._status, **fields)  # type: ignore[arg-type]
        try:
            write_status(self.path, self._status)
        except OSError:
            with suppress(OSError):
                overwrite_status(self.path, self._status)

    def wait_for_turn(self) -> None:
        """Wait until fewer than AEVIZ_JOBS of the app's jobs are at work and none has waited longer.

        Raises:
            TrainingStopped: The run was asked to stop while it waited.
        """
        self._status = replace(self._status, queued_at=now())
        self.report("queued")
        queue = FileLock(self.path.parent / QUEUE_LOCK)
        while True:
            self.check_stop()
            with queue:
                if self._is_next():
                    self.report("preparing", "reading the data")
                    return
            for _ in range(round(QUEUE_POLL_S / POLL_S)):
                self.check_stop()
                time.sleep(POLL_S)

    def step(self, step: int) -> None:
        """Count a step; pause while asked to.

        Raises:
            TrainingStopped: The run was asked to stop.
        """
        at = time.monotonic()
        if at - self._checked_at < POLL_S:
            return
        self._checked_at = at
        self.check_stop()
        if is_asked(self.path, "pause"):
            self._wait_while_paused(step)
        elif at - self._reported_at >= REPORT_S:
            self.report("training", step=step)

    def _wait_while_paused(self, step: int) -> None:
        self.report("paused", step=step)
        while is_asked(self.path, "pause"):
            self.check_stop()
            time.sleep(POLL_S)
        if self._status.from_app:
            self.wait_for_turn()  # another may have taken the turn meanwhile
        self.report("training", step=step)

    def check_stop(self) -> None:
        """Check whether the run was asked to stop.

        Raises:
            TrainingStopped: It was.
        """
        if is_asked(self.path, "stop"):
            withdraw(self.path, "stop")
            withdraw(self.path, "pause")
            raise TrainingStopped("stopped on request")

    def _is_next(self) -> bool:
        room = max_jobs()
        for path in self.path.parent.iterdir():
            status = None if path == self.path else read_status(path)
            if status is None or not status.from_app:
                continue
            is_before = status.state == "queued" and status.queued_at < self._status.queued_at
            if (status.state in WORKING or is_before) and has_trainer(path):
                room -= 1
                if room <= 0:
                    return False
        return True
