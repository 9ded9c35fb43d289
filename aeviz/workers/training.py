"""Training jobs: processes of their own that the app starts, watches and stops. The run's folder is the only channel.

A job is the process `aeviz train --job DIR`. It takes the settings from its standard input and ends when that closes,
so that no trainer outlives the server, however the server ends. At most AEVIZ_JOBS of them work at once; the others
wait as small processes that have not imported torch yet. What a restart needs is in the folders.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from filelock import Timeout

from aeviz.config import RunConfig
from aeviz.errors import AevizError, CheckpointNotFoundError, ConfigError, TrainingError, TrainingStopped
from aeviz.paths import PROJECT_ROOT, data_root, runs_root
from aeviz.presets import PRESETS
from aeviz.training.monitor import Monitor, max_jobs
from aeviz.training.runs import CONFIG, LAST, new_run_path
from aeviz.training.status import (
    ACTIVE,
    LOG,
    STATUS,
    JobStatus,
    State,
    ask,
    has_trainer,
    is_asked,
    read_status,
    trainer_lock,
    withdraw,
)

START_S = 20.0
"""Seconds that a trainer has to report for work."""
LOG_TAIL = 400
"""Characters of a trainer's log that a message quotes."""
STOPPED = 130
"""Exit status of a trainer that was asked to stop, the same as after Ctrl-C."""
_trainers: list[subprocess.Popen[bytes]] = []
"""The trainers that this process started: their standard input stays open, and they are reaped when they end."""
_starting: set[Path] = set()
"""Folders whose trainer has not reported for work yet: they must not be deleted meanwhile."""
_guard = threading.Lock()

ObservedState = State | Literal["interrupted"]
"""What a trainer said last, or that it is gone although it said that it works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run that a trainer works at, waits for or has left."""

    path: Path
    status: JobStatus
    state: ObservedState
    is_pausing: bool
    """Whether it was asked to pause."""
    is_stopping: bool
    """Whether it was asked to stop and has not ended yet."""

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.path.name

    @property
    def is_active(self) -> bool:
        """Whether a trainer is alive."""
        return self.state in ACTIVE

    @property
    def can_resume(self) -> bool:
        """Whether it ended before all its epochs were trained."""
        return not self.is_active and self.state != "finished"

    @property
    def can_train_longer(self) -> bool:
        """Whether more epochs can follow those that were asked for: the one-cycle schedule has its end."""
        has_end = self.status.settings.optimizer.schedule == "one_cycle"
        return self.state == "finished" and not has_end and (self.path / LAST).is_file()


def read_job(path: Path) -> Job | None:
    """Read the job in the folder `path`; None where no trainer ever left a status."""
    status = read_status(path)
    if status is None:
        return None
    _reap()
    state: ObservedState = status.state
    if state in ACTIVE and not has_trainer(path):
        again = read_status(path)  # it may have ended between the two looks
        state = "interrupted" if again is None or again.state in ACTIVE else again.state
        status = again or status
    return Job(
        path=path,
        status=status,
        state=state,
        is_pausing=is_asked(path, "pause"),
        is_stopping=is_asked(path, "stop") and state in ACTIVE,
    )


def list_jobs() -> list[Job]:
    """Return the jobs under AEVIZ_RUNS: those at work, then those that wait in their order, then the newest first."""
    root = runs_root()
    if not root.is_dir():
        return []
    found = [
        job
        for path in root.iterdir()
        if not path.name.startswith(".") and (path / STATUS).is_file() and (job := read_job(path)) is not None
    ]
    rank = {"queued": 1, "paused": 2}
    return sorted(
        found,
        key=lambda job: (
            (rank.get(job.state, 0), job.status.queued_at) if job.is_active else (3, -job.status.updated_at)
        ),
    )


def find_job(name: str) -> Job:
    """Return the job of that name under AEVIZ_RUNS.

    Raises:
        CheckpointNotFoundError: There is none.
    """
    job = read_job(runs_root() / name) if _is_name(name) else None
    if job is None:
        raise CheckpointNotFoundError(f"there is no training run {name!r}; it may have been deleted; choose another")
    return job


def start(config: RunConfig) -> Job:
    """Start to train a model in the background, in a new folder under AEVIZ_RUNS.

    Raises:
        TrainingError: The trainer did not come up; the message quotes its log.
    """
    max_jobs()  # a setting that cannot work is told before a process starts
    root = runs_root().resolve()
    with _told_of_files("make a folder for the run"), _guard:
        root.mkdir(parents=True, exist_ok=True)
        path = new_run_path(config)
        path.mkdir()
    return _launch(path, config)


def resume(name: str, *, epochs: int | None = None) -> Job:
    """Go on with a run that ended early, or that shall be trained longer.

    Args:
        name: The run.
        epochs: Epochs in all; None keeps what was asked for.

    Raises:
        ConfigError: The run is at work, or cannot end at that epoch.
        TrainingError: The trainer did not come up.
    """
    job = find_job(name)
    if job.is_active:
        raise ConfigError(f"run {name!r} is at work already; wait until it ends, or stop it")
    config = job.status.settings
    if epochs is not None and epochs != config.train.epochs:
        if config.optimizer.schedule == "one_cycle":
            raise ConfigError(
                f"the {config.optimizer.schedule} schedule of run {name!r} ends at epoch {config.train.epochs}; "
                "another number of epochs would be another curve: train a new run"
            )
        if epochs < job.status.epoch:
            raise ConfigError(f"{job.status.epoch} epochs of run {name!r} are trained; choose at least as many")
        config = replace(config, train=replace(config.train, epochs=epochs))
    return _launch(job.path, config)


def pause(name: str) -> None:
    """Ask a job to rest after its next step; another that waits may take its turn meanwhile."""
    with _told_of_files("ask the trainer to pause"):
        ask(find_job(name).path, "pause")


def unpause(name: str) -> None:
    """Let a job go on."""
    with _told_of_files("let the trainer go on"):
        withdraw(find_job(name).path, "pause")


def stop(name: str) -> None:
    """Ask a job to end after its next step; it keeps its last whole epoch and can be resumed."""
    with _told_of_files("ask the trainer to stop"):
        ask(find_job(name).path, "stop")


def delete(name: str) -> None:
    """Remove a run and all its files.

    Raises:
        ConfigError: A trainer is at work in it.
        CheckpointNotFoundError: There is no such run.
    """
    path = runs_root() / name
    if not _is_name(name) or not ((path / STATUS).is_file() or (path / CONFIG).is_file()):
        raise CheckpointNotFoundError(f"there is no run {name!r} under {runs_root()}; it may be deleted already")
    at_work = ConfigError(f"run {name!r} is at work; stop it first")
    with _guard:
        if path.resolve() in _starting:
            raise at_work
        try:
            with _told_of_files("delete the run"), trainer_lock(path).acquire(timeout=1):
                doomed = path.rename(path.with_name(f".deleted-{name}-{time.time_ns()}"))  # gone at once for all others
        except Timeout as error:
            raise at_work from error
    shutil.rmtree(doomed, ignore_errors=True)


def last_words(job: Job) -> str:
    """Return the last line that a trainer printed, such as that of an error nobody foresaw; empty if it was silent."""
    try:
        lines = (job.path / LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:LOG_TAIL] if lines else ""


def shell_command(config: RunConfig) -> str:
    """Return the command that trains the same in a shell."""
    name = config.preset if config.preset in PRESETS else next(iter(PRESETS))
    before, after = PRESETS[name].config.settings(), config.settings()
    changes = ["--set " + shlex.quote(f"{key}={after[key]}") for key in after if after[key] != before[key]]
    return " ".join(["aeviz train", name, *changes])


def work(path: Path, *, onnx: bool = True) -> int:
    """Be a trainer: the process that `_launch` starts. Returns the exit status.

    With `onnx` it writes the page's ONNX files at last: the run is finished by then, and nobody waits for them.
    The settings come as one line of JSON on standard input; when standard input closes, the process ends at once. The
    files of a run are whole at any moment, so the run can be resumed.
    """
    config = RunConfig.from_dict(json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)  # a page must not wait for a trainer
    monitor = Monitor(path, config, from_app=True)
    with monitor.at_work():
        try:
            monitor.wait_for_turn()
            from aeviz.experiment import train  # torch, only now

            folder = train(config, out=path, resume=(path / CONFIG).is_file(), monitor=monitor).folder
        except TrainingStopped as end:
            monitor.tell("stopped", str(end))
            return STOPPED
        except AevizError as error:
            monitor.tell("failed", str(error))
            return 2
        except Exception as error:
            monitor.tell("failed", f"training broke off: {type(error).__name__}: {error}")
            raise
    if onnx:
        from aeviz.export.missing import try_to_write

        if problem := try_to_write(folder):
            print(problem, file=sys.stderr)
    return 0


def _end_with_parent() -> None:
    # not sys.stdin.buffer, which the interpreter wants to close when training ended and this thread still reads
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(1)


@contextmanager
def _told_of_files(what: str) -> Iterator[None]:
    """Turn an error of the file system into one that is meant for people."""
    try:
        yield
    except (AevizError, Timeout):  # some of which are OSErrors too
        raise
    except OSError as error:
        raise ConfigError(
            f"cannot {what} in {str(runs_root().resolve())!r}: {error.strerror or error}; expected a folder that aeviz "
            "may write to, with room on the disk; see AEVIZ_RUNS"
        ) from error


def _launch(path: Path, config: RunConfig) -> Job:
    """Start a trainer in the folder `path` and wait until it reports for work."""
    path = path.resolve()
    with _guard:
        if path in _starting:
            raise ConfigError(f"run {path.name!r} is being started already")
        _starting.add(path)
    try:
        with _told_of_files("start the trainer"):
            return _start_trainer(path, config)
    finally:
        with _guard:
            _starting.discard(path)


def _start_trainer(path: Path, config: RunConfig) -> Job:
    before = read_status(path)
    with (path / LOG).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "aeviz", "train", "--job", str(path.resolve())],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(),
            start_new_session=True,  # Ctrl-C in the server's terminal is not meant for the trainer
        )
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(config.to_dict()).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it died at once; its log says why
    with _guard:
        _trainers.append(process)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        status = read_status(path)
        if status is not None and status.pid == process.pid:
            job = read_job(path)
            assert job is not None
            return job
        if process.poll() is not None:
            break
        time.sleep(0.02)
    process.kill()
    process.wait()
    tail = (path / LOG).read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:].strip()
    if before is None:
        shutil.rmtree(path, ignore_errors=True)
    raise TrainingError(f"the trainer did not start: {tail or 'it left no message'}; try again")


def _environment() -> dict[str, str]:
    """Return the environment of a trainer: its share of the cores, and threads that sleep while they wait.

    With OpenMP's default, threads that spin, an epoch of the thesis's network goes from 0.8 s to 42 s as soon as the
    server wants one of two cores.
    """
    cores = os.cpu_count() or 1
    threads = max(1, (cores - (cores > 2)) // max_jobs())
    return {
        "OMP_NUM_THREADS": str(min(threads, 8)),
        **os.environ,
        "OMP_WAIT_POLICY": "passive",
        "GOMP_SPINCOUNT": "0",
        "AEVIZ_DATA": str(data_root().resolve()),
        "AEVIZ_RUNS": str(runs_root().resolve()),
    }


def _reap() -> None:
    """Forget the trainers that have ended."""
    with _guard:
        for process in list(_trainers):
            if process.poll() is not None:
                if process.stdin is not None:
                    with suppress(BrokenPipeError):  # it ended before it read its settings
                        process.stdin.close()
                _trainers.remove(process)


def _is_name(name: str) -> bool:
    """Whether `name` is that of a folder directly under AEVIZ_RUNS."""
    return Path(name).name == name and name not in ("", "..")
