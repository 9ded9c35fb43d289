"""How long an epoch of eight seeds of the thesis's network takes at once, against the same eight one after another.

`TrainerStack` trains the eight networks at once; eight `Trainer`s with the same seeds take turns with it. The first
epoch of both warms up and does not count.

Usage:
    AEVIZ_DATA=... python benchmarks/together.py [--json] [--epochs N]
"""

import argparse
import dataclasses
import json
import os
import platform
import statistics
import time
from dataclasses import dataclass

import torch
from training import read_images

from aeviz.config import RunConfig
from aeviz.data import ImageDataset
from aeviz.presets import get_preset
from aeviz.training.batches import ResidentImages
from aeviz.training.together import TrainerStack
from aeviz.training.trainer import EpochPass, Trainer

PRESET, SEEDS = "mlp-2d-adam", 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Seconds of an epoch of all seeds, medians and ranges."""

    at_once_s: float
    at_once_range_s: tuple[float, float]
    one_after_another_s: float
    one_after_another_range_s: tuple[float, float]
    largest_difference: float
    """Largest relative difference of a seed's mean training loss in the last epoch."""


def measure(config: RunConfig, dataset: ImageDataset, epochs: int) -> Together:
    """Let seeds that train at once take turns with the same ones one after another."""
    device = torch.device("cpu")
    configs = [config.with_settings([f"train.seed={seed}"]) for seed in range(SEEDS)]
    alone, stacked = ([Trainer(each, len(dataset), device) for each in configs] for _ in range(2))
    stack, images = TrainerStack(stacked), ResidentImages.place(dataset, device)
    seconds: tuple[list[float], list[float]] = [], []
    for _ in range(epochs + 1):
        start = time.perf_counter()
        at_once = stack.train_epoch(images)
        between = time.perf_counter()
        single = [trainer.train_epoch(images) for trainer in alone]
        seconds[0].append(between - start)
        seconds[1].append(time.perf_counter() - between)
    first, second = seconds[0][1:], seconds[1][1:]
    gaps = [
        abs(one.loss / other.loss - 1) if isinstance(one, EpochPass) else float("inf")
        for one, other in zip(at_once, single, strict=True)
    ]
    return Together(
        at_once_s=statistics.median(first),
        at_once_range_s=(min(first), max(first)),
        one_after_another_s=statistics.median(second),
        one_after_another_range_s=(min(second), max(second)),
        largest_difference=max(gaps),
    )


def print_table(result: Together) -> None:
    """Print the report for people."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}\n")
    for name, seconds, (low, high) in (
        ("at once", result.at_once_s, result.at_once_range_s),
        ("one after another", result.one_after_another_s, result.one_after_another_range_s),
    ):
        print(f"{name:<18}{seconds:8.3f} s  ({low:.3f} to {high:.3f}) {seconds / result.at_once_s:5.1f}x at once")
    print(f"largest relative difference of a training loss: {result.largest_difference:.1e}")


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description=f"Time an epoch of {SEEDS} seeds of {PRESET} at once.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--epochs", type=int, default=5, metavar="N", help="timed epochs (default 5)")
    options = parser.parse_args()
    if options.epochs < 1:
        parser.error(f"--epochs {options.epochs}; expected a whole number from 1 up")
    result = measure(get_preset(PRESET).config, read_images()[0], options.epochs)
    print(json.dumps(dataclasses.asdict(result), indent=2)) if options.json else print_table(result)


if __name__ == "__main__":
    main()
