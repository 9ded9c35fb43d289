"""How long the face models would train on the full set, and how much faster than PyTorch as it comes.

Each contestant makes steps of celeba-vae and of celeba-msssim-vae on random images of the same shape (for speed that
makes no difference), in a process of its own; they take turns, so that a machine that slows down slows all of them.

    eager      the same network, loss and batch; arrays as PyTorch lays them out, torch.optim.Adam, float32
    aeviz      `Trainer`, as `aeviz train` uses it
    bf16       the same with train.precision=bf16
    compiled   bf16 by torch.compile, which aeviz does not use: `compile_s` is what its first steps take

Hours are for 162,770 images and 50 epochs, without validation. Memory is what the process holds at its peak, without
the training images, which take 2.0 GB more.

Usage:
    python benchmarks/faces.py [--json] [--rounds N]
"""

import argparse
import json
import multiprocessing
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection

import torch
from torch import Tensor

from aeviz.config import RunConfig
from aeviz.data.catalog import find_dataset
from aeviz.models import build_model, initialise
from aeviz.objectives import Objective
from aeviz.presets import get_preset
from aeviz.training.batches import count_steps
from aeviz.training.devices import describe_device
from aeviz.training.heap import kept_heap
from aeviz.training.steps import TrainingPass
from aeviz.training.trainer import Trainer

PRESETS = ("celeba-vae", "celeba-msssim-vae")
CONTESTANTS = ("eager", "aeviz", "bf16", "compiled")
STEPS = 3
"""Steps in a turn."""
N_TRAIN = find_dataset("celeba").n_train
Step = Callable[[Tensor, Tensor], object]
"""Makes a step on images, (N, 3, 64, 64), and noise, (N, D)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Figures of one contestant with one preset on one device."""

    preset: str
    device: str
    contestant: str
    step_s: float
    """Median seconds of a step over all turns."""
    step_range_s: tuple[float, float]
    """Quartiles."""
    images_per_s: float
    times_eager: float
    """How many times as fast as eager: the median of the ratios of a round."""
    hours: float
    compile_s: float
    """Seconds of the first two steps beyond those of usual ones."""
    memory_gb: float


def eager_step(config: RunConfig, device: torch.device) -> Step:
    """Return a step as most programs write it."""
    model = build_model(config.model)
    initialise(model, config.train.seed, config.model.init)
    model.to(device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=config.optimizer.learning_rate)
    objective = Objective(config.objective)

    def step(x: Tensor, noise: Tensor) -> float:
        optimizer.zero_grad()
        reconstruction, code = model.autoencode(x, noise, None)
        loss = objective(reconstruction, x, code.z, code.kl, own_loss=code.own_loss, annealed=1.0).total
        loss.backward()
        optimizer.step()
        return float(loss)

    return step


def own_step(config: RunConfig, device: torch.device, *, compiled: bool) -> Step:
    """Return a step of `Trainer`, or the same compiled."""
    trainer = Trainer(config, N_TRAIN, device)
    trainer.model.train()
    gradient = trainer._gradient_step
    if compiled:
        whole = torch.compile(TrainingPass(config, trainer.model))

        def gradient(entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
            whole.zero_grad(set_to_none=True)
            loss: Tensor = whole(entered, x, noise, labels, share)
            loss.backward()
            return loss.detach()

    def step(x: Tensor, noise: Tensor) -> None:
        gradient(x, x, noise, None, 1.0)
        trainer.optimizer.step()

    return step


def take_turns(pipe: Connection, preset: str, contestant: str, device_name: str) -> None:
    """Do what the pipe asks for: some steps, answered with their seconds and the peak of memory in GB; 0 ends it."""
    config, device = get_preset(preset).config, torch.device(device_name)
    if contestant in ("bf16", "compiled"):
        config = config.with_settings(["train.precision=bf16"])
    with ExitStack() as stack:
        if contestant == "eager":
            step = eager_step(config, device)
        else:
            stack.enter_context(kept_heap())
            step = own_step(config, device, compiled=contestant == "compiled")
        shape = (config.train.batch_size, *config.model.image_shape)
        while count := pipe.recv():
            seconds = []
            for _ in range(count):
                x, noise = (
                    torch.rand(shape, device=device),
                    torch.randn(shape[0], config.model.latent_dim, device=device),
                )
                start = time.perf_counter()
                step(x, noise)
                if device.type == "cuda":
                    torch.cuda.synchronize()
                seconds.append(time.perf_counter() - start)
            peak = torch.cuda.max_memory_allocated() if device.type == "cuda" else _peak_of_process()
            pipe.send((seconds, peak / 1e9))


@contextmanager
def started(preset: str, contestant: str, device: str) -> Iterator[Connection]:
    """Start a contestant's process; yield the pipe to it."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=take_turns, args=(theirs, preset, contestant, device), daemon=True)
    process.start()
    theirs.close()
    try:
        yield pipe
        pipe.send(0)
        process.join()
    finally:
        process.kill()


def measure(preset: str, device: torch.device, rounds: int) -> list[Rate]:
    """Let the contestants take turns with a preset on a device."""
    config = get_preset(preset).config
    steps = config.train.epochs * count_steps(N_TRAIN, config.train.batch_size)
    seconds: dict[str, list[list[float]]] = {name: [] for name in CONTESTANTS}
    first: dict[str, float] = {}
    memory: dict[str, float] = {}
    with ExitStack() as stack:
        pipes = {name: stack.enter_context(started(preset, name, device.type)) for name in CONTESTANTS}
        for turn in range(rounds + 1):
            for name, pipe in pipes.items():
                pipe.send(STEPS)
                taken, memory[name] = pipe.recv()
                if turn:
                    seconds[name].append(taken)
                else:
                    first[name] = sum(taken[:2])
    rates = []
    for name, turns in seconds.items():
        flat = [each for turn in turns for each in turn]
        low, step_s, high = statistics.quantiles(flat, n=4)
        ratios = [sum(eager) / sum(own) for eager, own in zip(seconds["eager"], turns, strict=True)]
        rates.append(
            Rate(
                preset=preset,
                device=describe_device(device),
                contestant=name,
                step_s=step_s,
                step_range_s=(low, high),
                images_per_s=config.train.batch_size / step_s,
                times_eager=statistics.median(ratios),
                hours=steps * step_s / 3600,
                compile_s=max(0.0, first[name] - 2 * step_s),
                memory_gb=memory[name],
            )
        )
    return rates


def _peak_of_process() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def main() -> None:
    """Print a table, or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--rounds", type=int, default=8, help="turns of each, of three steps (default 8)")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error(f"--rounds {arguments.rounds}; expected a whole number from 1 up")
    devices = [torch.device("cpu")] + [torch.device("cuda")] * torch.cuda.is_available()
    rates = [rate for device in devices for preset in PRESETS for rate in measure(preset, device, arguments.rounds)]
    if arguments.json:
        facts = {"torch": torch.__version__, "machine": platform.machine()}
        print(json.dumps({"rates": [asdict(rate) for rate in rates], **facts}))
        return
    print(
        f"{'preset':18s} {'device':16s} {'':9s}{'ms a step':>10s} {'quartiles':>11s} {'images/s':>9s} {'x eager':>8s} "
        f"{'hours':>6s} {'compile s':>10s} {'GB':>5s}"
    )
    for rate in rates:
        spread = "-".join(f"{1000 * bound:.0f}" for bound in rate.step_range_s)
        print(
            f"{rate.preset:18s} {rate.device:16s} {rate.contestant:9s}{1000 * rate.step_s:10.0f} {spread:>11s} "
            f"{rate.images_per_s:9.0f} {rate.times_eager:8.2f} {rate.hours:6.1f} {rate.compile_s:10.1f} "
            f"{rate.memory_gb:5.1f}"
        )


if __name__ == "__main__":
    main()
