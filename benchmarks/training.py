"""How long an epoch takes: aeviz, the loop that tutorials teach, and pythae where it is installed.

All contestants train the same network from the same initial weights, on the same images (60,000 unless told otherwise),
with the same batch size, optimizer and number of threads, on the CPU, and take turns, so that a machine that slows down
slows all of them.

    aeviz     `Trainer.train_epoch`: images resident as uint8, a batch is an index and a division, dense layers without
              autograd, a fused optimizer step, the losses read once at the end of the epoch
    bf16      the same with train.precision=bf16: the products of a step take bfloat16 numbers
    tutorial  what most tutorials show: a Dataset that turns one image at a time into a PIL image and that into a
              tensor, a DataLoader (the better of 0 and 2 workers), torch.optim.Adam, loss.item() each step
    pythae    `BaseTrainer.train_step` of https://github.com/clementchadebec/benchmark_VAE (0.1.2), if importable: pip
              install -e '.[bench]', as `make bench` does

`fraction_of_peak` is the rate of floating-point operations in matrix products and convolutions, forward and backward,
as torch counts them, over that of the fastest square float32 matrix product measured in the same run. Activations,
the optimizer and reading the batch take time but count as no operations.

Usage:
    AEVIZ_DATA=... python benchmarks/training.py [--json] [--epochs N] [--images N]

Without MNIST in AEVIZ_DATA the images are random numbers of the same shape: for speed that makes no difference.
"""

import argparse
import contextlib
import dataclasses
import importlib.util
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode
from torchvision import transforms

from aeviz.config import RunConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.errors import DataError
from aeviz.models import build_model, initialise
from aeviz.presets import get_preset
from aeviz.training.batches import ResidentImages
from aeviz.training.heap import kept_heap
from aeviz.training.trainer import Trainer

NETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mlp-2d": ("mlp-2d-adam", ()),
    "mlp-wide": ("mlp-2d-adam", ("model.hidden=[512,256,128,64]",)),
    "conv-64d": ("conv-64d-amsgrad", ()),
}
"""Name in the report to the preset of each network and what differs from it."""
N_IMAGES = 60_000
WORKERS = (0, 2)
"""Worker processes of the tutorial's DataLoader that are tried."""
MATRIX_SIDES = (512, 1024, 2048)
PEAK_S = 0.5
"""Seconds for which a matrix product is repeated: long enough to be sustained."""

Epoch = Callable[[], float]
"""Trains one epoch and returns its mean loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Figures of one network."""

    aeviz_s: float
    tutorial_s: float
    bf16_s: float
    pythae_s: float | None
    fraction_of_peak: float
    aeviz_range_s: tuple[float, float]
    bf16_range_s: tuple[float, float]
    tutorial_range_s: tuple[float, float]
    pythae_range_s: tuple[float, float] | None
    tutorial_workers: int
    tutorial_s_by_workers: dict[int, float]
    """Seconds of the trial epoch that chose the number of workers."""
    aeviz_loss: float
    """Mean training loss of the last epoch; all contestants come to about the same, as they do the same work."""
    bf16_loss: float
    tutorial_loss: float
    flop_per_epoch: float
    peak_flop_per_s: float
    epochs: int
    images: str
    """Which data set they are of."""
    n_images: int


class OneImageAtATime(Dataset[tuple[Tensor, int]]):
    """Images as torchvision.datasets.MNIST hands them out: array to PIL image to tensor, when asked for.

    Args:
        images: (N, 1, H, W), uint8.
        labels: (N,), integer.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.images, self.labels = torch.from_numpy(images[:, 0]), torch.from_numpy(labels)
        self.transform = transforms.ToTensor()

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image, label = self.images[index], int(self.labels[index])
        return self.transform(Image.fromarray(image.numpy())), label


def read_images() -> tuple[ImageDataset, str]:
    """Return 60,000 training images and what they are."""
    try:
        parts = [load_dataset("mnist", "train"), load_dataset("mnist", "validation")]
    except DataError:
        generator = np.random.default_rng(0)
        images = generator.integers(0, 256, (N_IMAGES, 1, 28, 28), dtype=np.uint8)
        labels = generator.integers(0, 10, N_IMAGES)
        names = tuple(str(digit) for digit in range(10))
        return ImageDataset(images=images, labels=labels, class_names=names, name="random", split="train"), "random"
    labels = [part.labels for part in parts if part.labels is not None]
    joined = dataclasses.replace(
        parts[0], images=np.concatenate([part.images for part in parts]), labels=np.concatenate(labels)
    )
    return joined, "MNIST"


def aeviz_epoch(config: RunConfig, dataset: ImageDataset) -> Epoch:
    """Return our own loop."""
    device = torch.device("cpu")
    trainer, images = Trainer(config, len(dataset), device), ResidentImages.place(dataset, device)

    def epoch() -> float:
        with kept_heap():  # as `fit` does; the others get the settings that the C library itself comes to
            return trainer.train_epoch(images).loss

    return epoch


def tutorial_epoch(config: RunConfig, dataset: ImageDataset, workers: int) -> Epoch:
    """Return the loop that tutorials teach."""
    model = build_model(config.model)
    initialise(model, config.train.seed, config.model.init)
    labels = dataset.labels if dataset.labels is not None else np.zeros(len(dataset.images), dtype=np.int64)
    loader = DataLoader(
        OneImageAtATime(dataset.images, labels),
        batch_size=config.train.batch_size,
        shuffle=True,
        num_workers=workers,
    )
    amsgrad = config.optimizer.name == "amsgrad"
    optimizer = torch.optim.Adam(model.parameters(), lr=config.optimizer.learning_rate, amsgrad=amsgrad)
    criterion = nn.MSELoss()

    def epoch() -> float:
        model.train()
        running = 0.0
        for images, _ in loader:
            optimizer.zero_grad()
            loss = criterion(model(images), images)
            loss.backward()
            optimizer.step()
            running += loss.item()
        return running / len(loader)

    return epoch


def pythae_epoch(config: RunConfig, dataset: ImageDataset, folder: Path) -> Epoch | None:
    """Return pythae's loop with our network in it, or None where pythae is not installed."""
    if importlib.util.find_spec("pythae") is None:
        return None
    from pythae.data.datasets import BaseDataset
    from pythae.models import AE, AEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    network = build_model(config.model)
    initialise(network, config.train.seed)

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            BaseEncoder.__init__(self)
            self.encoder, self.bottleneck = network.encoder, network.bottleneck  # modules, so that they are trained

        def forward(self, x: Tensor) -> Any:
            return ModelOutput(embedding=self.bottleneck.mean(self.encoder(x)))

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            BaseDecoder.__init__(self)
            self.layers = network.decoder

        def forward(self, z: Tensor) -> Any:
            return ModelOutput(reconstruction=self.layers(z))

    shape, latent_dim = config.model.image_shape, config.model.latent_dim
    model = AE(AEConfig(input_dim=shape, latent_dim=latent_dim), encoder=Encoder(), decoder=Decoder())
    images = torch.from_numpy(dataset.images).float().div_(255)
    settings = BaseTrainerConfig(
        output_dir=str(folder),
        per_device_train_batch_size=config.train.batch_size,
        learning_rate=config.optimizer.learning_rate,
        optimizer_cls="Adam",
        optimizer_params={"amsgrad": config.optimizer.name == "amsgrad"},
        no_cuda=True,
    )
    trainer = BaseTrainer(
        model=model, train_dataset=BaseDataset(images, torch.zeros(len(images))), training_config=settings
    )
    trainer.prepare_training()
    handler = trainer.callback_handler  # its progress bar writes a line a batch into a log
    handler.callbacks = [callback for callback in handler.callbacks if not hasattr(callback, "train_progress_bar")]
    return lambda: float(trainer.train_step(epoch=1))


def count_flop(config: RunConfig, n_images: int) -> float:
    """Return the operations of an epoch's matrix products and convolutions, forward and backward.

    Twice the forward pass for the backward one, less the gradient of the images, which nobody asks for.
    """
    model = build_model(config.model)
    x = torch.rand(config.train.batch_size, *config.model.image_shape)
    with FlopCounterMode(display=False) as counter:
        nn.functional.mse_loss(model(x), x).backward()
    return float(counter.get_total_flops()) * n_images / len(x)


def measure_peak() -> float:
    """Return the operations a second of the fastest square float32 matrix product."""
    best = 0.0
    for side in MATRIX_SIDES:
        a, b = torch.rand(side, side), torch.rand(side, side)
        out = torch.empty(side, side)
        torch.mm(a, b, out=out)
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < PEAK_S:
            torch.mm(a, b, out=out)
            count += 1
        best = max(best, 2 * side**3 * count / (time.perf_counter() - start))
    return best


def time_epoch(epoch: Epoch) -> tuple[float, float]:
    """Return the seconds an epoch takes and its loss."""
    start = time.perf_counter()
    loss = epoch()
    return time.perf_counter() - start, loss


def measure(config: RunConfig, dataset: ImageDataset, images: str, epochs: int) -> Result:
    """Let the contestants take turns for a number of epochs."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        ours, peaks = aeviz_epoch(config, dataset), [measure_peak()]
        candidates = {workers: tutorial_epoch(config, dataset, workers) for workers in WORKERS}
        pythae = pythae_epoch(config, dataset, Path(folder))
        ours()
        trial = {workers: time_epoch(epoch)[0] for workers, epoch in candidates.items()}  # also warms them up
        workers = min(trial, key=lambda key: trial[key])
        halved = aeviz_epoch(config.with_settings(["train.precision=bf16"]), dataset)
        halved()
        contestants = {"aeviz": ours, "bf16": halved, "tutorial": candidates[workers]}
        if pythae is not None:
            pythae()
            contestants["pythae"] = pythae
        seconds: dict[str, list[float]] = {name: [] for name in contestants}
        losses: dict[str, float] = {}
        for _ in range(epochs):
            for name, epoch in contestants.items():
                elapsed, losses[name] = time_epoch(epoch)
                seconds[name].append(elapsed)
            peaks.append(measure_peak())
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    ranges = {name: (min(values), max(values)) for name, values in seconds.items()}
    flop = count_flop(config, len(dataset.images))
    return Result(
        aeviz_s=medians["aeviz"],
        bf16_s=medians["bf16"],
        tutorial_s=medians["tutorial"],
        pythae_s=medians.get("pythae"),
        fraction_of_peak=flop / medians["aeviz"] / max(peaks),
        aeviz_range_s=ranges["aeviz"],
        bf16_range_s=ranges["bf16"],
        tutorial_range_s=ranges["tutorial"],
        pythae_range_s=ranges.get("pythae"),
        tutorial_workers=workers,
        tutorial_s_by_workers=trial,
        aeviz_loss=losses["aeviz"],
        bf16_loss=losses["bf16"],
        tutorial_loss=losses["tutorial"],
        flop_per_epoch=flop,
        peak_flop_per_s=max(peaks),
        epochs=epochs,
        images=images,
        n_images=len(dataset),
    )


def processor_name() -> str:
    """Return the processor's name, as well as this system knows it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def print_table(results: dict[str, Result]) -> None:
    """Print figures, ratios and the machine's facts for people."""
    print(f"{processor_name()}, {os.cpu_count()} cores; torch {torch.__version__}, {torch.get_num_threads()} threads")
    for name, result in results.items():
        print(
            f"\n{name}: one epoch of {result.n_images:,} {result.images} images, batch 512, median of {result.epochs}"
        )
        tried = ", ".join(f"{workers}: {seconds:.2f} s" for workers, seconds in result.tutorial_s_by_workers.items())
        rows = [
            ("aeviz", result.aeviz_s, result.aeviz_range_s, ""),
            ("bf16", result.bf16_s, result.bf16_range_s, ""),
            ("tutorial", result.tutorial_s, result.tutorial_range_s, f"{result.tutorial_workers} workers ({tried})"),
        ]
        if result.pythae_s is not None and result.pythae_range_s is not None:
            rows.append(("pythae", result.pythae_s, result.pythae_range_s, ""))
        for contestant, seconds, (low, high), note in rows:
            ratios = f"{seconds / result.aeviz_s:5.1f}x aeviz {seconds / result.bf16_s:5.1f}x bf16"
            print(f"  {contestant:<10}{seconds:8.3f} s  ({low:.3f} to {high:.3f}) {ratios}  {note}")
        if result.pythae_s is None:
            print(f"  {'pythae':<10}not installed")
        print(
            f"  training loss of the last epoch: aeviz {result.aeviz_loss:.5f}, bf16 {result.bf16_loss:.5f}, tutorial "
            f"{result.tutorial_loss:.5f}"
        )
        print(
            f"  {result.flop_per_epoch / 1e9:.1f} GFLOP an epoch: {result.fraction_of_peak:.0%} of the "
            f"{result.peak_flop_per_s / 1e9:.0f} GFLOP/s of a matrix product"
        )


def main() -> None:
    """Measure every network and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time an epoch of training against named peers.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--epochs", type=int, default=3, metavar="N", help="timed epochs of each (default 3)")
    parser.add_argument("--images", type=int, default=N_IMAGES, metavar="N", help="images an epoch (default 60000)")
    options = parser.parse_args()
    if options.epochs < 1:
        parser.error(f"--epochs {options.epochs}; expected a whole number from 1 up")
    if not 1 <= options.images <= N_IMAGES:
        parser.error(f"--images {options.images}; expected 1 to {N_IMAGES}")
    dataset, images = read_images()
    dataset = dataset.take(np.arange(options.images))
    if images == "random":
        print("MNIST is not in AEVIZ_DATA; training on random images of its shape", file=sys.stderr)
    results = {
        name: measure(get_preset(preset).config.with_settings(settings), dataset, images, options.epochs)
        for name, (preset, settings) in NETS.items()
    }
    if options.json:
        print(json.dumps({name: dataclasses.asdict(result) for name, result in results.items()}, indent=2))
    else:
        print_table(results)


if __name__ == "__main__":
    main()
