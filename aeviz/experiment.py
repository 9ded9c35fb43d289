"""A whole experiment: read the data, train, measure, and leave a run that the gallery can show."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aeviz.analysis.evaluation import evaluate
from aeviz.config import RunConfig
from aeviz.data import load_dataset
from aeviz.errors import ConfigError, TrainingError
from aeviz.paths import checkpoints_root, runs_root
from aeviz.presets import PRESETS
from aeviz.training.history import EpochReport
from aeviz.training.loop import fit
from aeviz.training.run import Run, load
from aeviz.training.runs import MODEL, RunFolder


def train(
    config: RunConfig,
    *,
    out: Path | None = None,
    resume: bool = False,
    on_epoch: Callable[[EpochReport], None] | None = None,
    on_step: Callable[[int], None] | None = None,
) -> Run:
    """Train a model, measure it on the test set and keep it as a run.

    The measurement is made even if training ends early, by divergence or by Ctrl-C, so that what was learned shows.

    Args:
        config: Every setting; start from `aeviz.presets.get_preset(name).config`.
        out: Folder of the run; None makes one under AEVIZ_RUNS, named after preset and time.
        resume: Go on with the run in `out`.
        on_epoch: Called with each epoch's report once it is on disk.
        on_step: Called after each optimizer step with its number within the epoch.

    Raises:
        ConfigError: The settings do not fit the data, or `out` is taken.
        DataError: The data is missing or damaged.
        TrainingError: The loss stopped being finite; the run keeps the last good epoch.
    """
    path = out or new_run_path(config)
    if not resume and path.parent.resolve() == runs_root().resolve() and (checkpoints_root() / path.name).exists():
        raise ConfigError(f"{path.name!r} is the name of a model that ships with aeviz; choose another for --out")
    train_set = load_dataset(config.data, "train")
    validation_set = load_dataset(config.data, "validation")
    try:
        folder = fit(config, train_set, validation_set, path, resume=resume, on_epoch=on_epoch, on_step=on_step)
    except (TrainingError, KeyboardInterrupt):
        if (path / MODEL).is_file():
            measure(RunFolder.read(path))
        raise
    return measure(folder)


def measure(folder: RunFolder) -> Run:
    """Evaluate a run on its test set and keep the figures and the latent points beside the weights."""
    run = load(folder, device=folder.config.train.device)
    test_set, train_set = load_dataset(folder.config.data, "test"), load_dataset(folder.config.data, "train")
    evaluation, table = evaluate(run, test_set, train_set)
    folder.write_latents(table)
    folder.write_evaluation(evaluation)
    return load(folder)


def new_run_path(config: RunConfig) -> Path:
    """Return a folder under AEVIZ_RUNS that does not exist, named after the preset, other data if any, and the time."""
    preset, data = PRESETS.get(config.preset), config.data.name
    other = "" if preset is not None and preset.config.data.name == data else f"-on-{Path(data.split(':')[-1]).name}"
    stem = f"{config.preset}{other}-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}"
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := runs_root() / name).exists())
