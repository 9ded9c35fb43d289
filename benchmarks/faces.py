"""How long the face models train on the full set: hours and memory from a measured rate.

Trains some steps of celeba-vae and celeba-msssim-vae, as `aeviz train` does, on random images of the same shape (for
speed that makes no difference), on each device of this machine, and multiplies: 162,770 images, 50 epochs. Memory is
what the process holds at the end, without the training images, which take 2.0 GB more.

Usage:
    python benchmarks/faces.py [--json] [--steps N]
"""

import argparse
import json
import platform
import resource
import statistics
import sys
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch

from aeviz.data import ImageDataset
from aeviz.data.catalog import find_dataset
from aeviz.presets import get_preset
from aeviz.training.batches import ResidentImages, count_steps
from aeviz.training.devices import describe_device
from aeviz.training.trainer import Trainer

PRESETS = ("celeba-vae", "celeba-msssim-vae")
WARM_UP = 3
"""Steps that are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Figures of one preset on one device."""

    preset: str
    device: str
    batch: int
    step_s: float
    """Median seconds of a step."""
    step_range_s: tuple[float, float]
    """Quartiles."""
    images_per_s: float
    hours: float
    """For all epochs on the full training set, without validation."""
    memory_gb: float
    """Peak memory: of the GPU where there is one, else of the process."""


def measure(preset: str, device: torch.device, steps: int) -> Rate:
    """Train so many steps and return the rate."""
    config = get_preset(preset).config
    batch = config.train.batch_size
    images = np.random.default_rng(0).integers(0, 256, ((steps + WARM_UP) * batch, 3, 64, 64), dtype=np.uint8)
    dataset = ImageDataset(images=images, name="celeba", split="train")
    trainer = Trainer(config, len(dataset), device)
    times = [time.perf_counter()]

    def note(step: int) -> None:
        if device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter())

    trainer.train_epoch(ResidentImages.place(dataset, device), note)
    taken = np.diff(times)[WARM_UP:]
    step_s = float(np.median(taken))
    full = find_dataset("celeba").n_train
    peak = torch.cuda.max_memory_allocated() if device.type == "cuda" else _peak_of_process()
    low, _, high = statistics.quantiles(taken.tolist(), n=4)
    return Rate(
        preset=preset,
        device=describe_device(device),
        batch=batch,
        step_s=step_s,
        step_range_s=(low, high),
        images_per_s=batch / step_s,
        hours=config.train.epochs * count_steps(full, batch) * step_s / 3600,
        memory_gb=peak / 1e9,
    )


def _peak_of_process() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def main() -> None:
    """Print a table, or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--steps", type=int, default=20, help="steps that are measured (default 20)")
    arguments = parser.parse_args()
    devices = [torch.device("cpu")] + [torch.device("cuda")] * torch.cuda.is_available()
    rates = [measure(preset, device, arguments.steps) for device in devices for preset in PRESETS]
    if arguments.json:
        facts = {"torch": torch.__version__, "machine": platform.machine()}
        print(json.dumps({"rates": [asdict(rate) for rate in rates], **facts}))
        return
    print(
        f"{'preset':20s} {'device':20s} {'ms a step':>10s} {'quartiles':>12s} {'images/s':>9s} {'hours':>6s} {'GB':>5s}"
    )
    for rate in rates:
        spread = "-".join(f"{1000 * bound:.0f}" for bound in rate.step_range_s)
        print(
            f"{rate.preset:20s} {rate.device:20s} {1000 * rate.step_s:10.0f} {spread:>12s} {rate.images_per_s:9.0f} "
            f"{rate.hours:6.1f} {rate.memory_gb:5.1f}"
        )


if __name__ == "__main__":
    main()
