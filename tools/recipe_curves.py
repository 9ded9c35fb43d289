"""Errors by epoch of the thesis's network, by the settings of its source and by the fast recipe.

Writes checkpoints/recipe_curves.json, which the Lab's experiment *Two recipes for one network* draws. The settings of
the source train for the 30,000 steps of its log. Ten to twenty minutes on two cores.

Usage:
    AEVIZ_DATA=... python -m tools.recipe_curves
"""

import json
import sys
import time
from dataclasses import replace
from statistics import median

import torch

from aeviz.config import RunConfig
from aeviz.data import load_dataset
from aeviz.errors import AevizError
from aeviz.lab.recipe_curves import MEASURED, WayName
from aeviz.presets import get_preset
from aeviz.recipes import with_recipe
from aeviz.training.batches import ResidentImages
from aeviz.training.files import write_atomically
from aeviz.training.trainer import Trainer

PRESET = "mlp-2d-adam"
LOGGED_STEPS = 30_000
SEEDS = (0, 1, 2)
CPU = torch.device("cpu")


def main() -> int:
    """Train all and write the file."""
    preset = get_preset(PRESET)
    try:
        images, validation = (
            ResidentImages.place(load_dataset(preset.config.data, split), CPU) for split in ("train", "validation")
        )
    except AevizError as error:
        print(error, file=sys.stderr)
        return 1
    config = preset.config
    steps = Trainer(config, len(images), CPU).steps_per_epoch
    as_logged = replace(config, train=replace(config.train, epochs=LOGGED_STEPS // steps))
    ways: dict[WayName, RunConfig] = {"sources": as_logged, "fast": with_recipe(config, "fast")}
    record = {
        "preset": PRESET,
        "goal": preset.logged_val_mse,
        "seeds": list(SEEDS),
        "ways": {name: measure(each, images, validation) for name, each in ways.items()},
    }
    text = json.dumps(record) + "\n"
    write_atomically(MEASURED, lambda path: path.write_text(text, encoding="utf-8"))
    return 0


def measure(config: RunConfig, images: ResidentImages, validation: ResidentImages) -> dict[str, object]:
    """Train with each seed; return the median seconds of an epoch, and the validation error after each epoch."""
    seconds: list[float] = []
    errors: list[list[float]] = []
    for seed in SEEDS:
        trainer = Trainer(replace(config, train=replace(config.train, seed=seed)), len(images), CPU)
        errors.append([])
        while trainer.epoch < config.train.epochs:
            start = time.perf_counter()
            trainer.train_epoch(images)
            errors[-1].append(float(f"{trainer.validate(validation).mse:.5g}"))
            seconds.append(time.perf_counter() - start)
    return {"epoch_s": round(median(seconds), 3), "errors": errors}


if __name__ == "__main__":
    sys.exit(main())
