"""A whole experiment: read the data, train, measure, and leave a run that the gallery can show."""

import logging
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from aeviz.analysis.evaluation import evaluate
from aeviz.analysis.recorder import Recorder
from aeviz.analysis.summary import summarise
from aeviz.config import DataConfig, RunConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.data.catalog import find_source
from aeviz.data.changes import describe_changed_images, with_class_order
from aeviz.data.folder import FOLDER_PREFIX, resolve_folder
from aeviz.data.splits import leave_out
from aeviz.errors import AevizError, ConfigError, DataError, StorageError, TrainingError, TrainingStopped
from aeviz.lab.optimizer_comparison import is_comparison
from aeviz.paths import checkpoints_root, runs_root
from aeviz.trackers import Tracking
from aeviz.training import loop
from aeviz.training.batches import count_steps
from aeviz.training.devices import describe_device, resolve_device
from aeviz.training.files import storage_errors
from aeviz.training.history import EpochReport
from aeviz.training.moments import append_moments, measure_moments
from aeviz.training.monitor import Monitor
from aeviz.training.run import Run, load
from aeviz.training.run_start import check_folder
from aeviz.training.runs import CONFIG, MODEL, RunFolder, new_run_path
from aeviz.training.summary import write_summary
from aeviz.training.trainer import Trainer

_log = logging.getLogger(__name__)


def train(
    config: RunConfig,
    *,
    out: Path | None = None,
    resume: bool = False,
    on_epoch: Callable[[EpochReport], None] | None = None,
    on_step: Callable[[int], None] | None = None,
    monitor: Monitor | None = None,
    trackers: Sequence[str] | None = None,
) -> Run:
    """Train a model, measure it on the test set and keep it as a run.

    The measurement is made even if training ends early, by divergence, on request or by Ctrl-C, so that what was
    learned shows. Meanwhile status.json in the folder says what is being done, and samples/ fills with what the network
    makes of the same few images after some of the epochs.

    Args:
        config: Every setting; start from `aeviz.presets.get_preset(name).config`.
        out: Folder of the run; None makes one under AEVIZ_RUNS, named after preset and time.
        resume: Go on with the run in `out`.
        on_epoch: Called with each epoch's report once it is on disk.
        on_step: Called after each optimizer step with its number within the epoch.
        monitor: The monitor of a job that the app started, already `at_work` in `out`.
        trackers: Programs that are told of the training, each as NAME or NAME=PLACE, such as "tensorboard" or
            "mlflow=http://localhost:5000"; None for those that AEVIZ_TRACKERS names. One that fails is left out.

    Raises:
        ConfigError: The settings do not fit the data, `out` is taken, or a tracker is not there.
        DataError: The data is missing or damaged.
        StorageError: A file of the run cannot be written, for example because the disk is full.
        TrainingError: The loss stopped being finite; the run keeps the last good epoch.
        TrainingStopped: The run was asked to stop.
    """
    tracking = Tracking(trackers)
    path = out or new_run_path(config)
    if not resume and path.parent.resolve() == runs_root().resolve() and (checkpoints_root() / path.name).exists():
        raise ConfigError(f"{path.name!r} is the name of a model that ships with aeviz; choose another for --out")
    if monitor is not None:
        with tracking:
            return _train(config, path, resume, on_epoch, on_step, monitor, tracking)
    absent = [folder for folder in (path, path.parent) if not folder.exists()]
    check_folder(path, resume=resume)
    monitor = Monitor(path, config)
    try:
        with monitor.at_work(), tracking:
            return _train(config, path, resume, on_epoch, on_step, monitor, tracking)
    finally:
        if path in absent and not (path / CONFIG).is_file():  # refused before it began: leave nothing behind
            shutil.rmtree(path, ignore_errors=True)
            if path.parent in absent:
                with suppress(OSError):  # another run may have begun there meanwhile
                    path.parent.rmdir()


def _train(
    config: RunConfig,
    path: Path,
    resume: bool,
    on_epoch: Callable[[EpochReport], None] | None,
    on_step: Callable[[int], None] | None,
    monitor: Monitor,
    tracking: Tracking,
) -> Run:

    def report_reading(share: float, text: str) -> None:
        monitor.check_stop()
        if monitor.is_from_app:
            monitor.report("preparing", f"{text}: {share:.0%}")

    names = RunFolder.read(path).provenance.class_names if resume else ()
    train_set = with_class_order(load_dataset(config.data, "train", on_progress=report_reading), names)
    validation_set = with_class_order(load_dataset(config.data, "validation", on_progress=report_reading), names)
    recorder = Recorder(path, validation_set, config.train.epochs)
    steps = count_steps(len(train_set), config.train.batch_size)
    device = describe_device(resolve_device(config.train.device))
    has_begun = False

    def begin(epoch: int) -> None:
        nonlocal has_begun
        has_begun = True
        monitor.report("training", epoch=epoch, step=0, steps_per_epoch=steps, device=device)

    def open_run(epoch: int) -> None:
        begin(epoch)
        tracking.begin(path, epoch)

    def show_step(step: int) -> None:
        if on_step is not None:
            on_step(step)
        monitor.step(step)

    def show_epoch(report: EpochReport) -> None:
        begin(report.epoch)
        tracking.epoch(report)
        if on_epoch is not None:
            on_epoch(report)

    def keep_moments(trainer: Trainer) -> None:
        append_moments(path, measure_moments(trainer.model, trainer.optimizer, trainer.epoch))

    try:
        folder = loop.fit(
            config,
            train_set,
            validation_set,
            path,
            resume=resume,
            on_begin=open_run,
            on_epoch=show_epoch,
            on_step=show_step,
            observe=recorder.observe,
            on_trained=keep_moments if is_comparison(config) else None,
        )
    except StorageError as end:  # what cannot be trained further for want of room cannot be measured either
        monitor.report("failed", str(end), step=0)
        raise
    except (TrainingError, TrainingStopped, KeyboardInterrupt) as end:
        message = str(end)
        if (path / MODEL).is_file():
            monitor.report("measuring", "measuring on the test set", step=0)
            try:
                measure(RunFolder.read(path))
            except AevizError as error:  # the reason why training ended matters more
                message = f"{message or 'stopped'}; and it could not be measured: {error}"
        monitor.report("failed" if isinstance(end, TrainingError) else "stopped", message, step=0)
        raise
    except AevizError as end:
        if has_begun:  # settings that are refused leave the status of the run as it was
            monitor.report("failed", str(end))
        raise
    monitor.report("measuring", "measuring on the test set", step=0)
    try:
        run = measure(folder)
    except AevizError as error:
        monitor.report("failed", f"all epochs are trained, but not measured: {error}")
        raise
    monitor.report("finished")
    return run


def assist(config: RunConfig, *, out: Path, resume: bool = False) -> None:
    """Take part in a training as one of several processes that is not the first (`aeviz.training.processes`).

    Args:
        config: Every setting, as for `train`.
        out: Folder of the run, which the first process writes.
        resume: Go on with the run in `out`.

    Raises:
        ConfigError: The processes cannot divide the batches.
        DataError: The data is missing or damaged.
        TrainingError: The loss stopped being finite.
    """
    names = RunFolder.read(out).provenance.class_names if resume else ()
    train_set = with_class_order(load_dataset(config.data, "train"), names)
    loop.assist(config, train_set, out, resume=resume)


def find_changed_images(folder: RunFolder, data: DataConfig, train_set: ImageDataset) -> str | None:
    """Return a warning if the folder of images that a run is measured on changed after training; None if it did not.

    Published data sets have test images of their own, which no change moves into training.

    Args:
        folder: The run.
        data: The data it is measured on.
        train_set: The training images of all classes, classes in the order of the run.
    """
    own, origin = folder.config.data, folder.provenance
    if find_source(data.name).info is not None or not _is_same_folder(data.name, own.name):
        return None
    if own.without in train_set.class_names:
        train_set = leave_out(train_set, own.without)
    return describe_changed_images(
        train_set,
        run=folder.name,
        fingerprint=origin.data_fingerprint,
        n_train=origin.n_train,
    )


def _is_same_folder(name: str, other: str) -> bool:
    """Whether two data sets are one folder of images, of which one may be named by a relative path."""
    if name == other or not other.startswith(FOLDER_PREFIX):
        return name == other
    try:
        return resolve_folder(name) == resolve_folder(other)
    except DataError:  # the path of the run's folder cannot be one here
        return False


def measure(folder: RunFolder) -> Run:
    """Evaluate a run on its test set and keep the figures and the latent points beside the weights.

    Of data that names attributes the statistics of the training images' points are kept too, with the mean of each
    attribute.

    Raises:
        DataError: The data is missing or damaged.
        StorageError: The figures cannot be written, for example because the disk is full.
    """
    run = load(folder, device=folder.config.train.device)
    data, names = folder.config.data, folder.provenance.class_names
    test_set = with_class_order(load_dataset(data, "test"), names)
    train_set = with_class_order(load_dataset(replace(data, without=None), "train"), names)
    if problem := find_changed_images(folder, data, train_set):
        _log.warning(problem)
    evaluation, table = evaluate(run, test_set, train_set)
    with storage_errors(folder.path):
        folder.write_latents(table)
        folder.write_evaluation(evaluation)
    if train_set.attributes is not None:
        summary = summarise(
            run.encode(train_set.images).numpy(),
            kl=np.array(evaluation.kl_per_dimension) if evaluation.kl_per_dimension else None,
            attributes=train_set.attributes,
            attribute_names=train_set.attribute_names,
        )
        with storage_errors(folder.path):
            write_summary(folder.path, summary)
    return load(folder)
