"""The training loop of several runs of one shape, each with a folder of its own (`aeviz.training.together`)."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aeviz.config import RunConfig
from aeviz.data import ImageDataset
from aeviz.errors import AevizError, StorageError
from aeviz.models import Autoencoder
from aeviz.training.batches import ResidentImages
from aeviz.training.devices import resolve_device
from aeviz.training.files import storage_errors
from aeviz.training.heap import kept_heap
from aeviz.training.history import EpochReport
from aeviz.training.images_on_disk import check_fits_memory
from aeviz.training.loop import EpochWriter, check_images
from aeviz.training.run_start import begin_run, resume_run
from aeviz.training.runs import CONFIG
from aeviz.training.safe_files import is_regular_file
from aeviz.training.together import TrainerStack
from aeviz.training.trainer import EpochPass, Trainer


@kept_heap()
def fit_together(
    configs: Sequence[RunConfig],
    train_set: ImageDataset,
    validation_set: ImageDataset,
    paths: Sequence[Path],
    *,
    on_epoch: Callable[[int, EpochReport], None],
    observe: Callable[[int, int, Autoencoder], None],
) -> list[AevizError | None]:
    """Train runs of one shape at once; each folder is up to date after every epoch, as `fit` leaves it.

    A folder with a run in it goes on from its last epoch. Runs after the same epoch train together.

    Args:
        configs: Settings that `share_shape`, of networks that are `is_stackable`.
        train_set: Images to learn from.
        validation_set: Images that choose which epoch's weights are kept as the best.
        paths: Folder of each run.
        on_epoch: Called with the place of a run and its report once that is on disk; an AevizError that it raises ends
            that run alone.
        observe: Called with the place of a run, its epochs so far and its network, as `fit` does.

    Returns:
        For each run why it ended early, or None.

    Raises:
        ConfigError: Model and images do not fit, or the runs do not train together.
        DataError: There are no training images, or none for validation.
        StorageError: A file cannot be written.
    """
    check_images(configs[0], train_set, validation_set)
    device = resolve_device(configs[0].train.device)
    trainers = [Trainer(config, len(train_set), device) for config in configs]
    fingerprint = train_set.fingerprint()
    errors: list[AevizError | None] = [None] * len(configs)
    writers: dict[int, EpochWriter] = {}
    for place, (config, path, trainer) in enumerate(zip(configs, paths, trainers, strict=True)):
        history: list[EpochReport] = []
        try:
            with storage_errors(path):
                if is_regular_file(path / CONFIG):
                    history = resume_run(path, config, trainer, fingerprint)[1]
                else:
                    begin_run(path, config, trainer, train_set, validation_set, fingerprint)
                writers[place] = EpochWriter(path, trainer, history)
                observe(place, trainer.epoch, trainer.model.eval())
        except StorageError:
            raise
        except AevizError as error:
            writers.pop(place, None)
            errors[place] = error
    for each in (train_set, validation_set):
        check_fits_memory(each)
    images, validation_images = (ResidentImages.place(each, device) for each in (train_set, validation_set))
    for epoch in sorted({trainers[place].epoch for place in writers}):
        places = [place for place in writers if trainers[place].epoch == epoch and errors[place] is None]
        while places and trainers[places[0]].epoch < configs[0].train.epochs:
            stack, members = TrainerStack([trainers[place] for place in places]), places
            while places == members and trainers[places[0]].epoch < configs[0].train.epochs:
                for place, result in zip(places, stack.train_epoch(images), strict=True):
                    try:
                        with storage_errors(paths[place]):
                            report = _write(writers[place], trainers[place], result, validation_images)
                        observe(place, report.epoch, trainers[place].model.eval())
                        on_epoch(place, report)
                    except StorageError:
                        raise
                    except AevizError as error:
                        errors[place] = error
                places = [place for place in places if errors[place] is None]
    return errors


def _write(
    writer: EpochWriter, trainer: Trainer, result: EpochPass | AevizError, validation_images: ResidentImages
) -> EpochReport:
    """Validate a network and write its epoch, or raise the error that its training ended with."""
    if isinstance(result, AevizError):
        raise result
    start = time.perf_counter()
    validation = trainer.validate(validation_images)
    return writer.write(result, validation, result.seconds + time.perf_counter() - start)
