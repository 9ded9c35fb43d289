"""How the folder of a run begins, and how a run is resumed."""

import platform
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

import aeviz
from aeviz.config import RunConfig
from aeviz.data import ImageDataset
from aeviz.errors import CheckpointMismatchError, CheckpointNotFoundError, ConfigError
from aeviz.training.devices import describe_device
from aeviz.training.history import EpochReport, write_history
from aeviz.training.latents import LATENTS
from aeviz.training.run_records import Provenance
from aeviz.training.runs import EVALUATION, HISTORY, LAST, RunFolder
from aeviz.training.status import JOB_FILES
from aeviz.training.summary import SUMMARY
from aeviz.training.trainer import Trainer
from aeviz.training.weights import read_tensors, save_weights


def check_folder(path: Path, *, resume: bool) -> None:
    """Make the folder of a run that begins; a folder to resume must be there already.

    Raises:
        ConfigError: The folder is taken or cannot be made.
        CheckpointNotFoundError: There is no run to resume.
    """
    if resume:
        RunFolder.read(path)
        return
    if path.exists() and (not path.is_dir() or any(_is_in_the_way(file.name) for file in path.iterdir())):
        raise ConfigError(f"{str(path)!r} is taken; name a new folder with --out, or resume it with --resume {path}")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make the folder {str(path)!r}: {error.strerror}; name another with --out") from error


def _is_in_the_way(name: str) -> bool:
    """Whether a file of that name keeps a run from beginning; a trainer that was killed may leave hidden ones."""
    return name not in {LAST, *JOB_FILES} and not name.startswith(".")


def mean_image_error(train_images: np.ndarray, images: np.ndarray) -> float:
    """Return the mean squared error of drawing the mean training image for every image.

    Args:
        train_images: (N, C, H, W), uint8.
        images: (M, C, H, W), uint8.

    Returns:
        Mean over pixels and images, pixels in [0, 1].
    """
    mean = train_images.mean(axis=0, dtype=np.float64)
    # the mean of (x - m)^2 is the mean of x^2 - 2 x m + m^2, which needs no second copy of the images
    squares = sum(
        float(np.square(part, dtype=np.float64).sum()) for part in np.array_split(images, 1 + len(images) // 1024)
    )
    ours = images.mean(axis=0, dtype=np.float64)
    return float((squares / images.size - 2 * (ours * mean).mean() + (mean**2).mean()) / 255**2)


def library_versions() -> dict[str, str]:
    """Return the versions that a run's provenance names."""
    return {
        "aeviz": aeviz.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }


def begin_run(
    path: Path,
    config: RunConfig,
    trainer: Trainer,
    train_set: ImageDataset,
    validation_set: ImageDataset,
    fingerprint: str,
) -> RunFolder:
    """Make the folder of a run and write what it needs to be resumed: its config and the initial weights.

    Args:
        path: Folder of the run; it may hold the files of a trainer that waits in the queue, nothing else.
        config: Every setting.
        trainer: Where the initial weights come from.
        train_set: Images to learn from.
        validation_set: Images that choose the best epoch.
        fingerprint: Digest of the training images, `ImageDataset.fingerprint`.

    Raises:
        ConfigError: The folder is taken or cannot be made.
    """
    check_folder(path, resume=False)
    provenance = Provenance(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=library_versions(),
        device=describe_device(trainer.device),
        data_fingerprint=fingerprint,
        class_names=train_set.class_names,
        n_train=len(train_set),
        n_validation=len(validation_set),
        parameters=sum(parameter.numel() for parameter in trainer.model.parameters()),
        mean_image_mse=mean_image_error(train_set.images, validation_set.images),
    )
    folder = RunFolder(path=path, config=config, provenance=provenance)
    save_weights(path / LAST, trainer.state(), 0)
    folder.write()  # last: a folder with a config can be resumed
    return folder


def resume_run(
    path: Path, config: RunConfig, trainer: Trainer, fingerprint: str
) -> tuple[RunFolder, list[EpochReport]]:
    """Bring `trainer` to the last epoch of the run in the folder `path`; return the run and its history up to there.

    Raises:
        ConfigError: Settings changed that fix the curve, or fewer epochs are asked for than are trained.
        CheckpointMismatchError: The images changed, or the weights belong to another network.
        CheckpointNotFoundError: A file that resuming needs is missing.
        CheckpointFormatError: Such a file is damaged.
    """
    run = RunFolder.read(path)
    _check_settings(run.config, config)
    if run.provenance.data_fingerprint != fingerprint:
        raise CheckpointMismatchError(
            f"the images of {config.data.name!r} are not those run '{run.name}' began with; "
            "restore them, or train a new run"
        )
    try:
        tensors, epoch = read_tensors(path / LAST)
    except CheckpointNotFoundError as error:
        raise CheckpointNotFoundError(
            f"run '{run.name}' cannot be resumed: it has no {LAST}, which models that ship lack; train a new run"
        ) from error
    if config.train.epochs < epoch:
        raise ConfigError(
            f"train.epochs={config.train.epochs} but of run '{run.name}' {epoch} epochs are trained; "
            f"choose at least {epoch}"
        )
    trainer.restore(tensors, epoch, run.name)
    history = [report for report in run.history() if report.epoch <= epoch]
    write_history(path / HISTORY, history)  # drops an epoch whose weights were not written
    folder = RunFolder(path=path, config=config, provenance=run.provenance)
    if config != run.config:
        folder.write()
    if epoch < config.train.epochs:
        for stale in (LATENTS, EVALUATION, SUMMARY):  # they describe weights that are about to change
            (path / stale).unlink(missing_ok=True)
    return folder, history


def _check_settings(before: RunConfig, after: RunConfig) -> None:
    """Let a resumed run change only how long it goes on and where, so that its curve is that of an unbroken run."""
    allowed = replace(after, train=replace(after.train, epochs=before.train.epochs, device=before.train.device))
    if allowed != before:
        raise ConfigError("--resume goes on with the run's own settings; only --epochs and --device may change")
    if after.train.epochs != before.train.epochs and before.optimizer.schedule == "one_cycle":
        raise ConfigError(
            f"the {before.optimizer.schedule} schedule of this run ends at epoch {before.train.epochs}; "
            "another number of epochs would be another curve: train a new run with --epochs"
        )
