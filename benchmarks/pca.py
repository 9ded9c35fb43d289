"""How fast a linear autoencoder finds PCA's subspace: on second moments, in plain mini-batches, and scikit-learn's PCA.

    aeviz        `aeviz.lab`: second moments once, then Adam on them from a random start, until the error is within
                 1e-4 of PCA's and the largest principal angle within 1 degree; `setup_s` are the moments, `train_s`
                 the steps
    mini-batch   what a tutorial does: two torch.nn.Linear layers, Adam with the better of two learning rates, batches
                 of 512 of the same centred images, resident in memory; it is measured after every 50 steps (not timed)
                 and given up after --limit seconds
    scikit-learn PCA with svd_solver="covariance_eigh", the fastest of its solvers here

All run on one thread, and take turns, so that a machine that slows down slows all of them.

Usage:
    AEVIZ_DATA=... python benchmarks/pca.py [--json] [--limit SECONDS] [--repeat N]

Without MNIST in AEVIZ_DATA the 28x28 circles are used.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits
from torch import nn

from aeviz.data import ImageDataset, load_dataset
from aeviz.errors import DataError
from aeviz.lab.components import Components, find_components
from aeviz.lab.linear_autoencoder import LinearConfig, OptimizerName, train_linear
from aeviz.lab.moments import measure_moments
from aeviz.lab.subspaces import principal_angles

COMPONENTS = (2, 8, 32)
EXCESS, ANGLE_DEG = 1e-4, 1.0
"""Excess error and largest angle to reach."""
BATCH, CHECK_EVERY = 512, 50
BATCH_RATES = (1e-3, 3e-3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Figures for one number of components; seconds."""

    setup_s: float
    train_s: float
    cpu_s: float
    """Of setup and training, on the processor: what a busy machine does not change; least of all runs."""
    steps: int
    least_squares_s: float
    lbfgs_s: float
    mini_batch_s: float | None
    """None where it did not arrive within the limit."""
    mini_batch_excess: float
    """Where it stood at the end."""
    mini_batch_angle_deg: float
    sklearn_s: float
    times_faster_than_mini_batch: float
    """Mini-batch over setup and training; a lower bound where it did not arrive."""
    times_sklearn: float
    """Setup and training over scikit-learn."""


def read_images() -> ImageDataset:
    """Return 50,000 images of MNIST, or 5,000 circles."""
    try:
        return load_dataset("mnist", "train")
    except DataError:
        print("MNIST is not in AEVIZ_DATA; using circles", file=sys.stderr)
        return load_dataset("circles", "train")


def time_ours(dataset: ImageDataset, components: Components, name: OptimizerName) -> tuple[float, float, float, int]:
    """Return the seconds of the moments, those of training, those of both on the processor, and the steps."""
    cpu, start = time.process_time(), time.perf_counter()
    moments = measure_moments(dataset)
    setup = time.perf_counter() - start
    config = LinearConfig(latent_dim=components.axes.shape[1], optimizer=name)
    start = time.perf_counter()
    for state in train_linear(moments, components, config):
        angle = state.max_angle_deg
        if state.relative_excess < EXCESS and angle is not None and angle < ANGLE_DEG:
            return setup, time.perf_counter() - start, time.process_time() - cpu, state.step
    raise RuntimeError(f"{name} did not arrive with {components.axes.shape[1]} components")


def time_mini_batches(
    x: np.ndarray, components: Components, covariance: np.ndarray, rate: float, limit: float
) -> tuple[float | None, float, float]:
    """Return the seconds until it arrives or None, and excess and angle at the end.

    Args:
        x: (N, d), float32, centred.
        components: The optimum.
        covariance: (d, d), float64, to measure with.
        rate: Of Adam.
        limit: Seconds after which it is given up.
    """
    torch.manual_seed(0)
    d, k = components.axes.shape
    images = torch.from_numpy(x)
    model = nn.Sequential(nn.Linear(d, k), nn.Linear(k, d))
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    spent, step, order, at = 0.0, 0, torch.randperm(len(images)), 0
    excess, angle = float("inf"), 90.0
    while spent < limit:
        start = time.perf_counter()
        for _ in range(CHECK_EVERY):
            if at + BATCH > len(order):
                order, at = torch.randperm(len(images)), 0
            batch = images[order[at : at + BATCH]]
            at += BATCH
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(batch), batch)
            loss.backward()
            optimizer.step()
            step += 1
        spent += time.perf_counter() - start
        encoder, decoder = (layer.weight.detach().double().numpy() for layer in (model[0], model[1]))
        rest = np.eye(d) - decoder @ encoder
        error = float(((rest @ covariance) * rest).sum()) / d
        excess = error / components.mse - 1
        angle = float(principal_angles(decoder, components.axes)[-1])
        if excess < EXCESS and angle < ANGLE_DEG:
            return spent, excess, angle
    return None, excess, angle


def time_sklearn(dataset: ImageDataset, k: int) -> float:
    """Return the seconds that PCA takes, from uint8 images."""
    start = time.perf_counter()
    x = dataset.images.reshape(len(dataset), -1).astype(np.float32) / 255
    PCA(k, svd_solver="covariance_eigh").fit(x)
    return time.perf_counter() - start


def measure(dataset: ImageDataset, k: int, limit: float, repeat: int) -> Result:
    """Let the contestants take turns."""
    moments = measure_moments(dataset)
    components = find_components(moments, k)
    x = (dataset.images.reshape(len(dataset), -1) / np.float32(255) - moments.mean).astype(np.float32)
    times: dict[str, list[tuple[float, float, float, int]]] = {"adam": [], "least squares": [], "l-bfgs": []}
    theirs = []
    for _ in range(repeat):
        for name in ("adam", "least squares", "l-bfgs"):
            times[name].append(time_ours(dataset, components, name))
        theirs.append(time_sklearn(dataset, k))
    setup = statistics.median(run[0] for runs in times.values() for run in runs)
    training = {name: statistics.median(run[1] for run in runs) for name, runs in times.items()}
    attempts = [time_mini_batches(x, components, moments.covariance, rate, limit) for rate in BATCH_RATES]
    reached, excess, angle = min(attempts, key=lambda attempt: (attempt[0] or limit, attempt[1]))
    total = setup + training["adam"]
    sklearn_s = statistics.median(theirs)
    return Result(
        setup_s=setup,
        train_s=training["adam"],
        cpu_s=min(run[2] for run in times["adam"]),
        steps=times["adam"][0][3],
        least_squares_s=training["least squares"],
        lbfgs_s=training["l-bfgs"],
        mini_batch_s=reached,
        mini_batch_excess=excess,
        mini_batch_angle_deg=angle,
        sklearn_s=sklearn_s,
        times_faster_than_mini_batch=(reached or limit) / total,
        times_sklearn=total / sklearn_s,
    )


def processor_name() -> str:
    """Return the processor's name, as well as this system knows it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time a linear autoencoder's way to PCA.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--limit", type=float, default=14.0, metavar="SECONDS", help="for mini-batches (default 14)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="timed runs of each (default 3)")
    options = parser.parse_args()
    if options.repeat < 1 or not options.limit > 0:
        parser.error("--repeat expects a whole number from 1 up, --limit a number above 0")
    torch.set_num_threads(1)
    dataset = read_images()
    with threadpool_limits(1):
        results = {str(k): measure(dataset, k, options.limit, options.repeat) for k in COMPONENTS}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    if options.json:
        document = {k: dataclasses.asdict(result) for k, result in results.items()}
        print(json.dumps(document, indent=2))
        return
    print(f"{processor_name()}, {os.cpu_count()} cores, load {load}; NumPy {np.__version__}, torch {torch.__version__}")
    print(f"{len(dataset):,} images of {dataset.name}, to an excess of {EXCESS:g} and {ANGLE_DEG:g} degree; seconds")
    print(
        "   k  moments   Adam    cpu  steps  least squares  L-BFGS  mini-batch             ratio  scikit-learn  ratio"
    )
    for k, result in results.items():
        batches = (
            f"{result.mini_batch_s:.1f}"
            if result.mini_batch_s is not None
            else f"> {options.limit:.0f} ({result.mini_batch_excess:.0e}, {result.mini_batch_angle_deg:.0f} deg)"
        )
        sign = " " if result.mini_batch_s is not None else ">"
        print(
            f"{k:>4}  {result.setup_s:7.2f} {result.train_s:6.2f} {result.cpu_s:6.2f} {result.steps:6d} "
            f"{result.least_squares_s:14.2f} {result.lbfgs_s:7.2f}  {batches:<20} {sign}"
            f"{result.times_faster_than_mini_batch:6.1f} {result.sklearn_s:13.2f} {result.times_sklearn:6.2f}"
        )


if __name__ == "__main__":
    main()
