"""What a GPU does with the thesis's network: steps a second, several seeds at once, compiled, and whole trainings.

Prepared for a machine with an NVIDIA card, where it is the second half of

    python -m pytest -m gpu tests && python benchmarks/gpu.py --whole && python benchmarks/faces.py

It runs on a CPU as well (`--device cpu`), which shows that the command works and says nothing about a GPU.

    alone       `Trainer.train_epoch` on resident images: gathering the batch, forward, backward, Adam
    stacked     `TrainerStack`, N seeds at once; a step counts N times
    compiled    the step of `alone` by torch.compile(mode="reduce-overhead"), which replays CUDA graphs on a GPU; aeviz
                does not use it yet
    share       of the rate of the fastest square float32 matrix product measured in the same run
    whole       (--whole) 30,000 steps of each optimizer by the settings of the thesis: seconds, and the error on the
                validation images beside the one that its author logged

Usage:
    AEVIZ_DATA=... python benchmarks/gpu.py [--device D] [--seeds N] [--epochs N] [--images N] [--whole] [--json]
"""

import argparse
import dataclasses
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from training import count_flop, read_images

from aeviz.config import RunConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.presets import get_preset
from aeviz.training.batches import ResidentImages
from aeviz.training.devices import describe_device
from aeviz.training.steps import TrainingPass
from aeviz.training.together import TrainerStack
from aeviz.training.trainer import Trainer

PRESETS = ("mlp-2d-adam", "mlp-2d-amsgrad")
STEPS_OF_ALGORITHM_4, LOGGED_STEPS = 980_000, 30_000
MATRIX_SIDE, MATRIX_ROUNDS = 4096, 20


def matrix_rate(device: torch.device) -> float:
    """Return the operations a second of a float32 matrix product."""
    side = MATRIX_SIDE if device.type == "cuda" else MATRIX_SIDE // 4
    a, b = torch.rand(side, side, device=device), torch.rand(side, side, device=device)
    torch.mm(a, b)
    seconds = _timed(lambda: [torch.mm(a, b) for _ in range(MATRIX_ROUNDS)], device)
    return 2 * side**3 * MATRIX_ROUNDS / seconds


def compiled_epoch(config: RunConfig, images: ResidentImages, device: torch.device) -> Callable[[], object]:
    """Return an epoch whose forward and backward pass are compiled; the last, smaller batch is left out."""
    trainer = Trainer(config, len(images), device)
    trainer.model.train()
    whole = torch.compile(TrainingPass(config, trainer.model), mode="reduce-overhead")

    def epoch() -> None:
        for x, labels in images.shuffled(config.train.batch_size, config.train.seed, 1):
            if len(x) < config.train.batch_size:
                continue
            whole.zero_grad(set_to_none=True)
            whole(x, x, None, labels, 1.0).backward()
            trainer.optimizer.step()

    return epoch


def measure(device: torch.device, dataset: ImageDataset, seeds: int, epochs: int) -> dict[str, Any]:
    """Let the three ways take turns; return steps a second, medians."""
    config = get_preset(PRESETS[0]).config
    images = ResidentImages.place(dataset, device)
    alone = Trainer(config, len(dataset), device)
    of_seeds = [config.with_settings([f"train.seed={seed}"]) for seed in range(seeds)]
    stack = TrainerStack([Trainer(each, len(dataset), device) for each in of_seeds])
    ways = {
        "alone": (lambda: alone.train_epoch(images), 1),
        "stacked": (lambda: stack.train_epoch(images), seeds),
        "compiled": (compiled_epoch(config, images, device), 1),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(epochs + 1):  # the first warms up
        for name, (epoch, _) in ways.items():
            taken = _timed(epoch, device)
            if turn:
                seconds[name].append(taken)
    steps = alone.steps_per_epoch
    rates = {name: steps * times / statistics.median(seconds[name]) for name, (_, times) in ways.items()}
    flop_per_step = count_flop(config, len(dataset)) / steps
    peak = matrix_rate(device)
    return {
        "device": describe_device(device),
        "steps_per_s": rates,
        "algorithm_4_minutes": {name: STEPS_OF_ALGORITHM_4 / rate / 60 for name, rate in rates.items()},
        "share_of_matrix_rate": {name: rate * flop_per_step / peak for name, rate in rates.items()},
        "seeds": seeds,
    }


def train_whole(device: torch.device) -> dict[str, dict[str, float | None]]:
    """Train each preset for the steps of the thesis's log."""
    found: dict[str, dict[str, float | None]] = {}
    for name in PRESETS:
        preset = get_preset(name)
        images, validation = (
            ResidentImages.place(load_dataset(preset.config.data, split), device) for split in ("train", "validation")
        )
        steps = Trainer(preset.config, len(images), device).steps_per_epoch
        train = dataclasses.replace(preset.config.train, epochs=LOGGED_STEPS // steps)
        trainer = Trainer(dataclasses.replace(preset.config, train=train), len(images), device)

        def run(trainer: Trainer = trainer, images: ResidentImages = images) -> None:
            while trainer.epoch < trainer.config.train.epochs:
                trainer.train_epoch(images)

        seconds = _timed(run, device)
        mse = trainer.validate(validation).mse
        found[name] = {"seconds": seconds, "mse": mse, "logged_mse": preset.logged_val_mse}
    return found


def _timed(act: Callable[[], object], device: torch.device) -> float:
    start = time.perf_counter()
    act()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time the thesis's network on a GPU.")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"), help="where (default cuda)")
    parser.add_argument("--seeds", type=int, default=32, metavar="N", help="networks in a stack (default 32)")
    parser.add_argument("--epochs", type=int, default=5, metavar="N", help="timed epochs of each (default 5)")
    parser.add_argument("--images", type=int, default=60_000, metavar="N", help="images an epoch (default 60000)")
    parser.add_argument("--whole", action="store_true", help="also train for 30,000 steps with each optimizer")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("--device cuda, but PyTorch finds no NVIDIA card; --device cpu shows that the command works")
    for name, value in (("--seeds", options.seeds), ("--epochs", options.epochs)):
        if value < 1:
            parser.error(f"{name} {value}; expected a whole number from 1 up")
    if not 1024 <= options.images <= 60_000:
        parser.error(f"--images {options.images}; expected 1024 to 60000")
    dataset, kind = read_images()
    if kind == "random":
        print("MNIST is not in AEVIZ_DATA; training on random images of its shape", file=sys.stderr)
    device = torch.device(options.device)
    report = measure(device, dataset.take(np.arange(options.images)), options.seeds, options.epochs)
    if options.whole:
        report["whole"] = train_whole(device)
    if options.json:
        print(json.dumps(report, indent=2))
        return
    print(f"{report['device']}; torch {torch.__version__}; {options.seeds} seeds in the stack\n")
    print(f"{'':<12}{'steps/s':>12}{'minutes for 980,000':>22}{'share of matrix rate':>22}")
    for name, rate in report["steps_per_s"].items():
        minutes, share = report["algorithm_4_minutes"][name], report["share_of_matrix_rate"][name]
        print(f"{name:<12}{rate:>12,.0f}{minutes:>22.1f}{share:>22.1%}")
    for name, found in report.get("whole", {}).items():
        print(
            f"{name}: 30,000 steps in {found['seconds']:.0f} s, MSE {found['mse']:.5f} (logged {found['logged_mse']})"
        )


if __name__ == "__main__":
    main()
