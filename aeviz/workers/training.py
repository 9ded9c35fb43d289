"""Training jobs: workers that the app starts, watches and stops. The run's folder is the only channel.

At most AEVIZ_JOBS of them train at once; the others wait as small processes that have not imported torch yet. What a
restart needs is in the folders.
"""

import os
import shlex
import shutil
import sys
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from filelock import Timeout

from aeviz.config import RunConfig
from aeviz.errors import AevizError, CheckpointNotFoundError, ConfigError, TrainingError, TrainingStopped, WorkerError
from aeviz.paths import runs_root
from aeviz.presets import PRESETS
from aeviz.sweeps.needs import cluster_address, needs_from_environment
from aeviz.training.monitor import Monitor, max_jobs
from aeviz.training.runs import CONFIG, LAST, RunFolder, new_run_path
from aeviz.training.safe_files import is_regular_file
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
from aeviz.workers import process

AWAY_S = 3.0
"""Seconds between two times that the files of a run on a cluster come home, where the page shows them."""
NICENESS = 5
_starting: set[Path] = set()
"""Folders whose trainer has not reported for work yet: they must not be deleted meanwhile."""
_guard = threading.Lock()

ObservedState = State | Literal["interrupted"]
"""The last status of a trainer, or that it is gone although its status says that it works."""


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
        return self.state == "finished" and not has_end and is_regular_file(self.path / LAST)


def read_job(path: Path) -> Job | None:
    """Read the job in the folder `path`; None where no trainer ever left a status."""
    status = read_status(path)
    if status is None:
        return None
    process.reap()
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
    try:
        paths = list(runs_root().iterdir())
    except OSError:  # there is none, or it may not be looked into, which the listing of models says
        return []
    found = [job for path in paths if not path.name.startswith(".") and (job := read_job(path)) is not None]
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
        WorkerError: The trainer did not start, or the folder cannot be written; the message says why.
    """
    max_jobs()  # a setting that cannot work is told before a process starts
    root = runs_root().resolve()
    with _file_errors("make a folder for the run"), _guard:
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
        WorkerError: The trainer did not start.
    """
    job = find_job(name)
    if job.is_active:
        raise ConfigError(f"run {name!r} is training already; wait until it ends, or stop it")
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


def evaluate(path: Path, config: RunConfig) -> Job:
    """Let a trainer evaluate a run that has all its epochs already, such as one that a page trained.

    Args:
        path: Folder of the run under AEVIZ_RUNS.
        config: Its settings.

    Raises:
        WorkerError: The trainer did not start.
    """
    return _launch(path, config)


def pause(name: str) -> None:
    """Ask a job to rest after its next step; another that waits may take its turn meanwhile."""
    with _file_errors("ask the trainer to pause"):
        ask(find_job(name).path, "pause")


def unpause(name: str) -> None:
    """Let a job go on."""
    with _file_errors("let the trainer go on"):
        withdraw(find_job(name).path, "pause")


def stop(name: str) -> None:
    """Ask a job to end after its next step; it keeps its last whole epoch and can be resumed."""
    with _file_errors("ask the trainer to stop"):
        ask(find_job(name).path, "stop")


def delete(name: str) -> None:
    """Remove a run and all its files.

    Raises:
        ConfigError: A trainer is at work in it.
        CheckpointNotFoundError: There is no such run.
    """
    path = runs_root() / name
    if not _is_name(name) or not any(is_regular_file(path / name) for name in (STATUS, CONFIG)):
        raise CheckpointNotFoundError(f"there is no run {name!r} under {runs_root()}; it may be deleted already")
    at_work = ConfigError(f"run {name!r} is training; stop it first")
    with _guard:
        if path.resolve() in _starting:
            raise at_work
        try:
            with _file_errors("delete the run"), trainer_lock(path).acquire(timeout=1):
                doomed = path.rename(path.with_name(f".deleted-{name}-{time.time_ns()}"))  # gone at once for all others
        except Timeout as error:
            raise at_work from error
    shutil.rmtree(doomed, ignore_errors=True)


def last_words(job: Job) -> str:
    """Return the last line that a trainer printed, such as that of an error nobody foresaw; empty if it was silent."""
    lines = process.read_log(job.path / LOG).splitlines()
    return lines[-1][: process.LOG_TAIL] if lines else ""


def shell_command(config: RunConfig) -> str:
    """Return the command that trains the same in a shell."""
    name = config.preset if config.preset in PRESETS else next(iter(PRESETS))
    before, after = PRESETS[name].config.settings(), config.settings()
    changes = ["--set " + shlex.quote(f"{key}={after[key]}") for key in after if after[key] != before[key]]
    return " ".join(["aeviz train", name, *changes])


def work(path: Path) -> int:
    """Be the trainer of the run in the folder `path`; return the exit status.

    The files of a run are whole at any moment, so it can be resumed however the trainer ends. Last of all the page's
    ONNX files are written, unless AEVIZ_ONNX is 0: the run is finished by then, and nobody waits for them.
    """
    config = RunConfig.from_dict(process.begin(NICENESS))
    monitor = Monitor(path, config, from_app=True)
    with monitor.at_work():
        try:
            monitor.wait_for_turn()
            cluster = cluster_address()
            folder = (
                _train_here(config, path, monitor) if cluster is None else _train_away(config, path, monitor, cluster)
            )
        except TrainingStopped as end:
            monitor.report("stopped", str(end))
            return process.STOPPED
        except AevizError as error:
            monitor.report("failed", str(error))
            return 2
        except Exception as error:
            monitor.report("failed", f"training failed: {type(error).__name__}: {error}")
            raise
    if os.environ.get("AEVIZ_ONNX") != "0":
        from aeviz.export.missing import try_to_write

        if problem := try_to_write(folder):
            print(problem, file=sys.stderr)
    return 0


def _train_here(config: RunConfig, path: Path, monitor: Monitor) -> RunFolder:
    from aeviz.experiment import train  # torch, only now

    return train(config, out=path, resume=(path / CONFIG).is_file(), monitor=monitor).folder


def _train_away(config: RunConfig, path: Path, monitor: Monitor, cluster: str) -> RunFolder:
    """Have the run trained on a cluster, and show here how it goes on.

    Raises:
        TrainingError: It failed there, or the cluster was lost.
        TrainingStopped: It was asked to stop.
    """
    from aeviz.sweeps.cluster import STOPPED, train_on_cluster
    from aeviz.sweeps.plan import PlannedRun

    run = PlannedRun(path=path, config=config, varied=())
    needs = needs_from_environment()
    failures = train_on_cluster([run], cluster, needs, lambda *_: None, keep_s=AWAY_S, monitor=monitor)
    message = failures.get(path.name)
    if message is not None:
        raise TrainingStopped(message) if message == STOPPED else TrainingError(message)
    return RunFolder.read(path)


def _file_errors(what: str) -> AbstractContextManager[None]:
    return process.file_errors(what, runs_root(), "AEVIZ_RUNS")


def _launch(path: Path, config: RunConfig) -> Job:
    """Start a trainer in the folder `path` and wait until it reports for work."""
    path = path.resolve()
    with _guard:
        if path in _starting:
            raise ConfigError(f"run {path.name!r} is being started already")
        _starting.add(path)
    try:
        with _file_errors("start the trainer"):
            return _start_trainer(path, config)
    finally:
        with _guard:
            _starting.discard(path)


def _start_trainer(path: Path, config: RunConfig) -> Job:
    is_new = read_status(path) is None

    def has_reported(pid: int) -> bool:
        status = read_status(path)
        return status is not None and status.pid == pid

    try:
        process.launch(
            "training",
            path,
            config.to_dict(),
            log=path / LOG,
            environment=process.quiet_environment(_threads()),
            has_reported=has_reported,
        )
    except WorkerError:
        if is_new:
            shutil.rmtree(path, ignore_errors=True)
        raise
    job = read_job(path)
    assert job is not None
    return job


def _threads() -> int:
    """Return the threads of a trainer: its share of the cores; of more than two, one is left to the server."""
    cores = os.cpu_count() or 1
    return min(8, max(1, (cores - (cores > 2)) // max_jobs()))


def _is_name(name: str) -> bool:
    """Whether `name` is that of a folder directly under AEVIZ_RUNS."""
    return Path(name).name == name and name not in ("", "..")
