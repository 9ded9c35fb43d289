"""Training the runs of a sweep: those of one shape together, others one after another."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from aeviz.analysis.recorder import Recorder
from aeviz.data import load_dataset
from aeviz.errors import AevizError, CheckpointError, StorageError, TrainingStopped
from aeviz.experiment import measure, train
from aeviz.models import build_model
from aeviz.sweeps.plan import PlannedRun
from aeviz.training.batches import count_steps
from aeviz.training.devices import describe_device, resolve_device
from aeviz.training.history import EpochReport, read_history
from aeviz.training.loop_together import fit_together
from aeviz.training.monitor import Monitor
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, MODEL, RunFolder
from aeviz.training.safe_files import is_regular_file
from aeviz.training.status import State
from aeviz.training.together import is_stackable, share_shape

MOST_TOGETHER = 64
"""Runs that train at once; more would gain little, and a stop comes sooner with fewer."""


def is_finished(run: PlannedRun) -> bool:
    """Whether all epochs of a run are trained and it is measured."""
    if not (is_regular_file(run.path / CONFIG) and is_regular_file(run.path / EVALUATION)):
        return False
    try:
        return len(read_history(run.path / HISTORY)) >= run.config.train.epochs
    except CheckpointError:
        return False


def epochs_left(run: PlannedRun) -> int:
    """Return how many epochs of a run are still to be trained."""
    try:
        return max(0, run.config.train.epochs - len(read_history(run.path / HISTORY)))
    except CheckpointError:
        return run.config.train.epochs


def train_missing(runs: Sequence[PlannedRun], on_epoch: Callable[[PlannedRun, EpochReport], None]) -> dict[str, str]:
    """Train what is missing of a sweep; a run that fails does not end the others.

    Args:
        runs: All runs of the sweep.
        on_epoch: Called after each epoch of each run once it is on disk.

    Returns:
        Why a run failed, by its name.

    Raises:
        StorageError: A file cannot be written, for example because the disk is full.
    """
    missing = [run for run in runs if not is_finished(run)]
    failures: dict[str, str] = {}
    for group in _groups(missing):
        if len(group) == 1 or not is_stackable(group[0].config, build_model(group[0].config.model)):
            for run in group:
                failures |= _train_alone(run, on_epoch)
            continue
        for start in range(0, len(group), MOST_TOGETHER):
            failures |= _train_together(group[start : start + MOST_TOGETHER], on_epoch)
    return failures


def _groups(runs: Sequence[PlannedRun]) -> list[list[PlannedRun]]:
    """Return runs that may train together, in groups."""
    groups: list[list[PlannedRun]] = []
    for run in runs:
        for group in groups:
            if share_shape([group[0].config, run.config]):
                group.append(run)
                break
        else:
            groups.append([run])
    return groups


def _train_alone(run: PlannedRun, on_epoch: Callable[[PlannedRun, EpochReport], None]) -> dict[str, str]:
    try:
        train(
            run.config,
            out=run.path,
            resume=is_regular_file(run.path / CONFIG),
            on_epoch=lambda report: on_epoch(run, report),
            trackers=(),
        )
    except StorageError:
        raise
    except AevizError as error:
        return {run.path.name: str(error)}
    return {}


def _train_together(runs: Sequence[PlannedRun], on_epoch: Callable[[PlannedRun, EpochReport], None]) -> dict[str, str]:
    """Train runs of one shape at once and measure them; leave status and samples in each folder, as `train` does."""
    config = runs[0].config
    failures: dict[str, str] = {}
    try:
        train_set, validation_set = load_dataset(config.data, "train"), load_dataset(config.data, "validation")
        steps = count_steps(len(train_set), config.train.batch_size)
        device = describe_device(resolve_device(config.train.device))
    except AevizError as error:
        return {run.path.name: str(error) for run in runs}
    with ExitStack() as at_work:
        free: list[PlannedRun] = []
        monitors: list[Monitor] = []
        for run in runs:
            try:
                run.path.mkdir(parents=True, exist_ok=True)
                monitor = Monitor(run.path, run.config)
                at_work.enter_context(monitor.at_work())
            except (AevizError, OSError) as error:
                failures[run.path.name] = str(error)
                continue
            free.append(run)
            monitors.append(monitor)
        recorders = [Recorder(run.path, validation_set, run.config.train.epochs) for run in free]

        def show(place: int, report: EpochReport) -> None:
            monitors[place].report("training", epoch=report.epoch, step=0, steps_per_epoch=steps, device=device)
            on_epoch(free[place], report)
            monitors[place].check_stop()

        try:
            errors = fit_together(
                [run.config for run in free],
                train_set,
                validation_set,
                [run.path for run in free],
                on_epoch=show,
                observe=lambda place, epoch, model: recorders[place].observe(epoch, model),
            )
        except BaseException as end:
            for monitor in monitors:
                monitor.report("stopped", str(end), step=0)
            if isinstance(end, AevizError) and not isinstance(end, StorageError):
                return failures | {run.path.name: str(end) for run in free}
            raise
        for place, (run, monitor, reason) in enumerate(zip(free, monitors, errors, strict=True)):
            try:
                message = _measure(run, reason)
            except StorageError as full:
                for other in monitors[place:]:
                    other.report("failed", str(full), step=0)
                raise
            if message:
                failures[run.path.name] = message
            state: State = "stopped" if isinstance(reason, TrainingStopped) else "failed" if message else "finished"
            monitor.report(state, message, step=0)
    return failures


def _measure(run: PlannedRun, reason: AevizError | None) -> str:
    """Measure a run, also one that ended early for a reason, and return why it is not whole; empty where it is.

    Raises:
        StorageError: A file cannot be written.
    """
    message = "" if reason is None else str(reason) or "stopped"
    if reason is not None and not is_regular_file(run.path / MODEL):
        return message
    try:
        measure(RunFolder.read(run.path))
    except StorageError:
        raise
    except AevizError as problem:
        return f"{message}; and it could not be measured: {problem}" if message else str(problem)
    return message
