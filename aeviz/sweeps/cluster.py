"""The runs of a sweep as tasks of a Ray cluster: results come home, and a lost machine costs an epoch or half a minute.

Each run is one task. While it trains, it sends its reports and, at the end of an epoch but not more often than each
half minute, its files to a board, an actor on the cluster's head. Ray starts a task whose machine is lost again
elsewhere; it takes the files from the board and resumes there, which leads to the same weights as an unbroken run on
the CPU.

Ray moves Python objects as pickles between its machines and this one: the cluster has to be trusted.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

import aeviz
from aeviz.config import RunConfig
from aeviz.errors import AevizError, TrainingError, TrainingStopped
from aeviz.experiment import train
from aeviz.sweeps.link import cause_of, connected, insist_on_room
from aeviz.sweeps.needs import Needs
from aeviz.sweeps.parcel import Parcel, pack, unpack
from aeviz.sweeps.plan import PlannedRun
from aeviz.training.history import EpochReport
from aeviz.training.monitor import Monitor
from aeviz.training.runs import CONFIG
from aeviz.training.safe_files import is_regular_file
from aeviz.training.status import is_asked, withdraw

KEEP_S = 30.0
"""Seconds between two times that a run's files are kept on the board."""
LOOK_S = 0.5
"""Seconds between two looks at the board."""
RETRIES = 5
"""Times that Ray starts a task again whose machine is lost."""
STOPPED = "stopped on request"
"""Why a run is not whole that was stopped in the app."""
_HEAD = {"node:__internal_head__": 0.001}
"""Where the board stands: if the head is lost, the cluster is."""


class Board:
    """Reports and kept files of all runs; an actor of the cluster."""

    def __init__(self) -> None:
        self._reports: list[tuple[str, EpochReport]] = []
        self._kept: dict[str, Parcel] = {}
        self._fresh: set[str] = set()

    def report(self, name: str, report: EpochReport) -> None:
        """Take the report of an epoch."""
        self._reports.append((name, report))

    def take(self) -> tuple[list[tuple[str, EpochReport]], dict[str, Parcel]]:
        """Return the reports and the kept files that nobody has taken yet."""
        reports, self._reports = self._reports, []
        fresh, self._fresh = {name: self._kept[name] for name in self._fresh}, set()
        return reports, fresh

    def keep(self, name: str, parcel: Parcel) -> None:
        """Keep the files of a run in place of earlier ones."""
        self._kept[name] = parcel
        self._fresh.add(name)

    def kept(self, name: str) -> Parcel:
        """Return the files of a run that were kept last; empty where none were."""
        return self._kept.get(name, {})

    def forget(self, name: str) -> None:
        """Forget the files of a run."""
        self._kept.pop(name, None)
        self._fresh.discard(name)


def train_there(
    config: RunConfig, name: str, before: Parcel, version: str, needs: Needs, board: Any, keep_s: float
) -> tuple[str, Parcel]:
    """Train a run on a machine of the cluster; the task.

    Args:
        config: Every setting.
        name: Of the run.
        before: Files of an unfinished run to go on with; empty begins anew.
        version: Version of aeviz that wants it.
        needs: What it may use of the machine.
        board: The `Board`.
        keep_s: Seconds between two times that the files are kept.

    Returns:
        Why the run is not whole, empty where it is; and its files.
    """
    import ray

    if version != aeviz.__version__:
        return (
            f"a machine of the cluster has aeviz {aeviz.__version__}, the one that asks has {version}; install the "
            "same version on both",
            {},
        )
    if needs.gpus == 0:
        torch.set_num_threads(max(1, int(needs.cpus)))
    kept = ray.get(board.kept.remote(name)) or before
    with TemporaryDirectory(prefix="aeviz-") as folder:
        path = Path(folder) / name
        kept_at = time.monotonic()

        def show(report: EpochReport) -> None:
            nonlocal kept_at
            board.report.remote(name, report)
            if time.monotonic() - kept_at >= keep_s:
                board.keep.remote(name, pack(path))
                kept_at = time.monotonic()

        try:
            unpack(kept, path)
            train(config, out=path, resume=is_regular_file(path / CONFIG), on_epoch=show, trackers=())
            message = ""
        except AevizError as error:
            message = str(error) or "stopped"
        ray.get(board.kept.remote(name))  # the board has all reports now: it takes them in their order
        return message, pack(path)


def train_on_cluster(
    runs: Sequence[PlannedRun],
    address: str,
    needs: Needs,
    on_epoch: Callable[[PlannedRun, EpochReport], None],
    *,
    keep_s: float = KEEP_S,
    monitor: Monitor | None = None,
) -> dict[str, str]:
    """Train runs on a Ray cluster and bring their files home; a run that fails does not end the others.

    The runs show as at work in the app meanwhile, and can be stopped there. Files come home as often as they are kept,
    so that the runs resume whatever ends this call.

    Args:
        runs: The runs that are missing.
        address: Of the cluster, as for `ray.init`: ray://HOST:10001, HOST:6379, auto, or local for a new one here.
        needs: What each run needs of a machine.
        on_epoch: Called with each epoch's report, once for each epoch of a run.
        keep_s: Seconds between two times that each run keeps its files.
        monitor: The monitor of a single run, which is `at_work` already.

    Returns:
        Why a run failed, by its name.

    Raises:
        ConfigError: Ray is not installed, the cluster does not answer, or none of its machines is large enough.
        StorageError: A file cannot be written at home.
        TrainingError: The cluster is lost while the runs are at work.
    """
    with connected(address) as ray, ExitStack() as at_work:
        insist_on_room(ray, needs)
        board = ray.remote(Board).options(num_cpus=0, resources=_HEAD).remote()
        task = ray.remote(train_there).options(num_cpus=needs.cpus, num_gpus=needs.gpus, max_retries=RETRIES)
        failures: dict[str, str] = {}
        waiting: dict[Any, _Away] = {}
        for run in runs:
            try:
                own = _hold(run, at_work) if monitor is None else monitor
            except (AevizError, OSError) as error:
                failures[run.path.name] = str(error)
                continue
            own.report("preparing", f"waits for a machine of the cluster {address}")
            before = pack(run.path) if is_regular_file(run.path / CONFIG) else {}
            sent = task.remote(run.config, run.path.name, before, aeviz.__version__, needs, board, keep_s)
            waiting[sent] = _Away(run=run, monitor=own)
        try:
            while waiting:
                done, _ = ray.wait(list(waiting), num_returns=1, timeout=LOOK_S)
                _take(ray.get(board.take.remote()), waiting.values(), on_epoch)
                for ref in done:
                    away = waiting.pop(ref)
                    failures |= _bring_home(ray, ref, away)
                    board.forget.remote(away.run.path.name)
                for ref, away in list(waiting.items()):
                    if away.is_stopped():
                        _recall(ray, board, ref, waiting.pop(ref), STOPPED)
                        failures[away.run.path.name] = STOPPED
        except (ray.exceptions.RayError, ConnectionError) as error:  # the latter of Ray's client, ray://
            raise TrainingError(
                f"the cluster {address!r} is lost: {cause_of(error)}; once it is back, the same command goes on"
            ) from error
        finally:
            for ref, away in waiting.items():
                _recall(ray, board, ref, away, "stopped")
    return failures


@dataclass(slots=True)
class _Away:
    """A run whose task is at work."""

    run: PlannedRun
    monitor: Monitor
    epoch: int = 0
    """Epochs that were reported; a task that begins again reports some a second time."""

    def is_stopped(self) -> bool:
        """Whether the run was asked to stop; a request to pause is turned down."""
        if is_asked(self.run.path, "pause"):
            withdraw(self.run.path, "pause")
            self.monitor.report("training", "a run on a cluster cannot be paused; stop it, and resume it later", step=0)
        try:
            self.monitor.check_stop()
        except TrainingStopped:
            return True
        return False


def _hold(run: PlannedRun, at_work: ExitStack) -> Monitor:
    """Return the monitor of a run that is at work until the stack is closed."""
    run.path.mkdir(parents=True, exist_ok=True)
    monitor = Monitor(run.path, run.config)
    at_work.enter_context(monitor.at_work())
    return monitor


def _take(
    news: tuple[list[tuple[str, EpochReport]], dict[str, Parcel]],
    away: Iterable[_Away],
    on_epoch: Callable[[PlannedRun, EpochReport], None],
) -> None:
    """Show what the board has of the runs that are away: write their files at home, then tell of their epochs."""
    reports, parcels = news
    known = {each.run.path.name: each for each in away}
    for name, parcel in parcels.items():
        if name in known:
            unpack(parcel, known[name].run.path)
    for name, report in reports:
        each = known.get(name)
        if each is not None and report.epoch > each.epoch:
            each.epoch = report.epoch
            each.monitor.report("training", epoch=report.epoch, step=0)
            on_epoch(each.run, report)


def _bring_home(ray: Any, ref: Any, away: _Away) -> dict[str, str]:
    """Write the files of a task that has ended; return why the run failed, by its name."""
    path = away.run.path
    try:
        message, parcel = ray.get(ref)
    except ray.exceptions.RayError as error:
        message, parcel = f"the run failed on the cluster: {cause_of(error)}", {}
    try:
        unpack(parcel, path)
    except AevizError as error:
        away.monitor.report("failed", str(error), step=0)
        raise
    away.monitor.report("failed" if message else "finished", message, step=0)
    return {path.name: message} if message else {}


def _recall(ray: Any, board: Any, ref: Any, away: _Away, reason: str) -> None:
    """End a task, and bring home what its run kept last, or say why that cannot be written."""
    try:
        with suppress(ray.exceptions.RayError, TimeoutError, ConnectionError):
            ray.cancel(ref, force=True)
            unpack(ray.get(board.kept.remote(away.run.path.name), timeout=10), away.run.path)
    except AevizError as error:
        away.monitor.report("failed", str(error), step=0)
    else:
        away.monitor.report("stopped", reason, step=0)
