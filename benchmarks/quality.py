"""How long training takes until it is as good as the thesis: with the settings of the sources, and by a recipe.

For each preset several seeds train, one after another, until the mean squared error on the validation images has come
down to the value that the author of the thesis logged at the end (`Preset.logged_val_mse`, after 30,000 steps), and no
longer than `--epochs` with the settings of the sources. A recipe has a number of epochs of its own, and its learning
rate falls to zero at the last one: its time is that of the whole run.

    seconds    of the epochs, validation included; the median over the seeds that got there, and the slowest
    reached    how many seeds got there

Usage:
    AEVIZ_DATA=... python benchmarks/quality.py [PRESET ...] [--recipe R] [--seeds N] [--epochs N] [--json]
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

import torch

from aeviz.config import RunConfig
from aeviz.data import load_dataset
from aeviz.errors import DataError
from aeviz.presets import PRESETS, get_preset
from aeviz.recipes import RECIPES, with_recipe
from aeviz.training.batches import ResidentImages
from aeviz.training.trainer import Trainer

CPU = torch.device("cpu")
DEFAULT = ("mlp-2d-adam", "mlp-2d-amsgrad")


def train_until(
    config: RunConfig, goal: float, images: ResidentImages, validation: ResidentImages, *, whole: bool
) -> dict[str, Any]:
    """Train until the validation error is at the goal, or the epochs are over; `whole`: until these are over."""
    trainer = Trainer(config, len(images), CPU)
    start, mse = time.perf_counter(), float("inf")
    while trainer.epoch < config.train.epochs and (whole or mse > goal):
        trainer.train_epoch(images)
        mse = trainer.validate(validation).mse
    seconds = time.perf_counter() - start
    return {"seed": config.train.seed, "epochs": trainer.epoch, "mse": mse, "seconds": seconds, "reached": mse <= goal}


def measure(name: str, recipe: str | None, seeds: int, epochs: int) -> dict[str, Any]:
    """Train a preset with several seeds and return the report."""
    preset = get_preset(name)
    goal = preset.logged_val_mse
    if goal is None:
        sys.exit(f"nobody logged the final error of {name}; expected one of: {', '.join(_logged())}")
    config = preset.config if recipe is None else with_recipe(preset.config, recipe)
    if recipe is None:
        config = replace(config, train=replace(config.train, epochs=epochs))
    try:
        images, validation = (
            ResidentImages.place(load_dataset(config.data, split), CPU) for split in ("train", "validation")
        )
    except DataError as error:
        sys.exit(f"this needs the data of the thesis: {error}")
    runs = [
        train_until(
            replace(config, train=replace(config.train, seed=seed)), goal, images, validation, whole=recipe is not None
        )
        for seed in range(seeds)
    ]
    reached = [run["seconds"] for run in runs if run["reached"]]
    return {
        "preset": name,
        "recipe": recipe or "sources",
        "goal": goal,
        "reached": len(reached),
        "seconds": round(statistics.median(reached), 1) if reached else None,
        "slowest": round(max(reached), 1) if reached else None,
        "runs": runs,
    }


def _logged() -> list[str]:
    return [name for name, preset in PRESETS.items() if preset.logged_val_mse is not None]


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time training until it is as good as the thesis.")
    parser.add_argument("presets", nargs="*", default=list(DEFAULT), metavar="PRESET", help="; ".join(_logged()))
    parser.add_argument("--recipe", choices=tuple(RECIPES), default="fast", help="the other way (default fast)")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="seeds of each (default 5)")
    parser.add_argument(
        "--epochs", type=int, default=306, metavar="N", help="most with the sources' settings; 0: recipe alone"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    options = parser.parse_args()
    ways = [options.recipe] if options.epochs < 1 else [options.recipe, None]
    report = [measure(name, way, options.seeds, options.epochs) for name in options.presets for way in ways]
    if options.json:
        print(json.dumps(report, indent=2))
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}\n")
    print(
        f"{'preset':<20}{'settings':<10}{'goal':>9}{'reached':>10}{'median s':>10}{'slowest':>9}   error of each seed"
    )
    for row in report:
        errors = " ".join(f"{run['mse']:.5f}" for run in row["runs"])
        reached = f"{row['reached']} of {len(row['runs'])}"
        print(
            f"{row['preset']:<20}{row['recipe']:<10}{row['goal']:>9.5f}{reached:>10}{row['seconds'] or '-':>10}"
            f"{row['slowest'] or '-':>9}   {errors}"
        )


if __name__ == "__main__":
    main()
