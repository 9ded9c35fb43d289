"""The training loop: an epoch, its validation, a line of history and the weights on disk, as often as asked."""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aeviz.config import MAX_CLASSES, RunConfig
from aeviz.data import ImageDataset
from aeviz.errors import ConfigError, DataError, TrainingError
from aeviz.models import Autoencoder
from aeviz.training.devices import resolve_device
from aeviz.training.files import storage_errors
from aeviz.training.heap import kept_heap
from aeviz.training.history import EpochReport, append_report
from aeviz.training.images_on_disk import place_images
from aeviz.training.processes import Processes
from aeviz.training.run_start import begin_run, resume_run
from aeviz.training.runs import HISTORY, LAST, MODEL, RunFolder
from aeviz.training.trainer import EpochPass, Trainer, Validation
from aeviz.training.weights import read_tensors, save_weights


@kept_heap()
def fit(
    config: RunConfig,
    train_set: ImageDataset,
    validation_set: ImageDataset,
    path: Path,
    *,
    resume: bool = False,
    on_begin: Callable[[int], None] | None = None,
    on_epoch: Callable[[EpochReport], None] | None = None,
    on_step: Callable[[int], None] | None = None,
    observe: Callable[[int, Autoencoder], None] | None = None,
    on_trained: Callable[[Trainer], None] | None = None,
) -> RunFolder:
    """Train a model and keep its run in the folder `path`, which is up to date after every epoch.

    Args:
        config: Every setting.
        train_set: Images to learn from.
        validation_set: Images that choose which epoch's weights are kept as the best.
        path: Folder of the run; it is made, and must be empty unless `resume` is set.
        resume: Go on from the folder's last epoch; the curve is the one an unbroken run would have given.
        on_begin: Called with the number of epochs already trained, once the folder can be resumed.
        on_epoch: Called after each epoch is on disk.
        on_step: Called after each step with its number within the epoch; an exception that it raises ends training.
        observe: Called with the number of epochs trained and the network, first as the run begins or goes on, and
            after each epoch before `on_epoch`; it must not change the network.
        on_trained: Called with the trainer after each epoch's weights are on disk; it must not change it.

    Raises:
        ConfigError: Model and images do not fit, the prior has not an anchor for each class, the folder is taken, or
            more epochs than asked for are trained.
        DataError: There are no training images, or none for validation, or more than memory holds.
        CheckpointMismatchError: The data of a resumed run changed.
        StorageError: A file of the run cannot be written; the folder keeps the last epoch that was written whole.
        TrainingError: The loss stopped being finite; the folder keeps the last good epoch.
    """
    check_images(config, train_set, validation_set)
    device = resolve_device(config.train.device)
    trainer = Trainer(config, len(train_set), device)
    fingerprint = train_set.fingerprint()
    with storage_errors(path):
        if resume:
            folder, history = resume_run(path, config, trainer, fingerprint)
        else:
            folder, history = begin_run(path, config, trainer, train_set, validation_set, fingerprint), []
        writer = EpochWriter(path, trainer, history)
        images = place_images(train_set, config.train, device)
        validation_images = place_images(validation_set, config.train, device)
        if (processes := Processes.current()) is not None:
            processes.check(config, trainer.epoch)
        if on_begin is not None:
            on_begin(trainer.epoch)
        if observe is not None:  # a run that was killed may not have got to it
            observe(trainer.epoch, trainer.model.eval())
        while trainer.epoch < config.train.epochs:
            result = trainer.train_epoch(images, on_step)
            start = time.perf_counter()
            validation = trainer.validate(validation_images)
            report = writer.write(result, validation, result.seconds + time.perf_counter() - start)
            if on_trained is not None:
                on_trained(trainer)
            if observe is not None:
                observe(trainer.epoch, trainer.model.eval())
            if on_epoch is not None:
                on_epoch(report)
    return folder


class EpochWriter:
    """Keeps a run's folder up to date, epoch by epoch.

    Args:
        path: Folder of the run, begun or resumed.
        trainer: Its network and optimizer.
        history: The epochs so far.
    """

    def __init__(self, path: Path, trainer: Trainer, history: Sequence[EpochReport]) -> None:
        self._path, self._trainer = path, trainer
        self._best = min((report.val_loss for report in history), default=float("inf"))

    def write(self, result: EpochPass, validation: Validation, seconds: float) -> EpochReport:
        """Write the epoch that the trainer has just passed.

        Args:
            result: Of the training.
            validation: After it.
            seconds: Both took.

        Raises:
            TrainingError: The validation loss is not finite; the trainer is then set back to the epoch before.
        """
        path, trainer = self._path, self._trainer
        if not (math.isfinite(validation.loss) and math.isfinite(validation.mse)):
            trainer.epoch -= 1
            raise TrainingError(trainer.divergence_message(f"the validation loss became {validation.loss}"))
        report = EpochReport(
            epoch=trainer.epoch,
            train_loss=result.loss,
            val_loss=validation.loss,
            val_mse=validation.mse,
            learning_rate=result.learning_rate,
            seconds=seconds,
            gradient_norm=result.gradient_norm,
            images_per_second=trainer.n_train / max(result.seconds, 1e-9),
            val_kl=validation.kl,
            kl_share=result.kl_share,
        )
        # in this order a crash between two of these leaves a run that resumes to the same curve
        append_report(path / HISTORY, report)
        if validation.loss < self._best:
            self._best = validation.loss
            save_weights(path / MODEL, trainer.model.state_dict(), trainer.epoch)
        save_weights(path / LAST, trainer.state(), trainer.epoch)
        return report


def check_images(config: RunConfig, train_set: ImageDataset, validation_set: ImageDataset) -> None:
    """Check that there are images of both splits, and that the model fits them.

    Raises:
        ConfigError: It does not.
        DataError: There are none.
    """
    for dataset in (train_set, validation_set):
        if len(dataset) == 0:
            raise DataError(
                f"{dataset.name!r} has no {dataset.split} images; expected one or more of each split; add images"
            )
    if train_set.image_shape != config.model.image_shape:
        raise ConfigError(
            f"model.image_shape={config.model.image_shape} but the images of {train_set.name!r} are "
            f"{train_set.image_shape}; set model.image_shape to theirs"
        )
    if config.model.prior == "anchored":
        _check_anchors(config, train_set)


@kept_heap()
def assist(config: RunConfig, train_set: ImageDataset, path: Path, *, resume: bool = False) -> None:
    """Compute this process's share of each gradient while the first process trains the run; write nothing.

    Args:
        config: Every setting, as for `fit`.
        train_set: The same images in the same order as the first process has.
        path: Folder of the run; it is read where the run is resumed.
        resume: Go on from the folder's last epoch.

    Raises:
        ConfigError: The processes cannot divide the batches.
        TrainingError: The loss stopped being finite, for all processes.
    """
    device = resolve_device(config.train.device)
    trainer = Trainer(config, len(train_set), device)
    if resume:
        tensors, epoch = read_tensors(path / LAST)
        trainer.restore(tensors, epoch, path.name)
    processes = Processes.current()
    if processes is None:
        raise ConfigError("there is no other process to assist; start several with torchrun")
    processes.check(config, trainer.epoch)
    images = place_images(train_set, config.train, device)
    while trainer.epoch < config.train.epochs:
        trainer.train_epoch(images)


def _check_anchors(config: RunConfig, train_set: ImageDataset) -> None:
    """Check that an anchored prior has an anchor for each class of the images, and that there are classes.

    Raises:
        ConfigError: It has not; the message names settings that work.
    """
    count = len(train_set.class_names)
    if count == config.model.classes:
        return
    classes = f"{train_set.name!r} has {count or 'no'} class{'' if count == 1 else 'es'}"
    if count < 2:
        raise ConfigError(
            f"model.prior='anchored' needs images of two classes or more, but {classes}; put them into one subfolder a "
            "class, or use --set model.prior=standard"
        )
    if count > MAX_CLASSES:
        raise ConfigError(
            f"model.prior='anchored' has an anchor for each of at most {MAX_CLASSES} classes, but {classes}; "
            "use --set model.prior=standard"
        )
    raise ConfigError(
        f"model.classes={config.model.classes} but {classes}; an anchored prior needs an anchor for each: "
        f"use --set model.classes={count}, or --set model.prior=standard"
    )
