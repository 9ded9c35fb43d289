"""How long MS-SSIM takes: aeviz, the same formula with a two-dimensional window, and torchmetrics.

All contestants compare the same images at the same scales, with the same window and weights, on the CPU with the same
number of threads, and take turns, so that a machine that slows down slows all of them.

    aeviz         `aeviz.objectives.ms_ssim`: a pass along the rows and one along the columns, everything that the
                  formula needs in one convolution
    2-D window    the formula as it is usually written: five images (x, y, x^2, y^2, xy), each filtered by the whole
                  window, 121 numbers instead of 22
    2-D, stacked  the same window in one convolution laid out as ours: what is left between it and aeviz is the window
    torchmetrics  `multiscale_structural_similarity_index_measure` with our scales and weights; it filters a reflected
                  border as well and counts it in the mean of the last scale, so values differ, most in small images

Timed are the values of a batch (as when a model is evaluated), and the values with the gradient by one of the two
images (as when it is trained). Values of the first three must agree to 1e-5, or nothing is printed.

Usage:
    python benchmarks/ms_ssim.py [--json] [--rounds N]

OMP_NUM_THREADS sets the number of threads.
"""

import argparse
import dataclasses
import json
import math
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure
from training import processor_name

from aeviz.objectives import ms_ssim

SHAPES = ((64, 3, 64, 64), (128, 1, 28, 28), (8, 3, 256, 256))
"""Batches: faces and digits as they are trained, and the size for which MS-SSIM was made."""
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Wang, Simoncelli and Bovik 2003, section 3.2."""
SIGMA, C1, C2 = 1.5, 0.01**2, 0.03**2
TOLERANCE = 1e-5
WARM_UP = 2
"""Rounds that are not timed."""

Similarity = Callable[[Tensor, Tensor], Tensor]
"""Takes two batches, (N, C, H, W), float32 in [0, 1], and returns (N,)."""
Filter = Callable[[Sequence[Tensor], Tensor], Sequence[Tensor]]
"""Takes images, each (N, C, H, W), and a window, (T, T); returns the window's weighted means, (N, C, H', W')."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds of one contestant, and how often aeviz fits into them."""

    median_ms: float
    least_ms: float
    greatest_ms: float
    ratio: float
    """This to aeviz in the same round, median."""
    ratio_range: tuple[float, float]
    """The middle half of these ratios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Figures of one batch."""

    shape: tuple[int, ...]
    scales: int
    window: int
    forward: dict[str, Timing]
    forward_backward: dict[str, Timing]
    difference: dict[str, float]
    """Largest difference of a value from aeviz's."""
    rounds: int
    threads: int


def gaussian_window(width: int) -> Tensor:
    """Return the whole window, (T, T), sum 1."""
    offsets = torch.arange(width) - (width - 1) / 2
    window = torch.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * SIGMA**2))
    return window / window.sum()


def filter_apart(images: Sequence[Tensor], window: Tensor) -> Sequence[Tensor]:
    """Filter one image after the other."""
    channels = images[0].shape[1]
    kernel = window.expand(channels, 1, -1, -1)
    return [functional.conv2d(image, kernel, groups=channels) for image in images]


def filter_stacked(images: Sequence[Tensor], window: Tensor) -> Sequence[Tensor]:
    """Filter all by one convolution, sixteen planes side by side with the channels last."""
    planes = torch.stack(list(images))
    count = planes.shape[:3].numel()
    channels = math.gcd(count, 16)
    stacked = planes.view(count // channels, channels, *planes.shape[3:]).contiguous(memory_format=torch.channels_last)
    filtered = functional.conv2d(stacked, window.expand(channels, 1, -1, -1), groups=channels)
    return filtered.reshape(*planes.shape[:3], *filtered.shape[2:]).unbind()


def window_2d(x: Tensor, y: Tensor, width: int, weights: Sequence[float], apply: Filter) -> Tensor:
    """Return MS-SSIM as Wang, Simoncelli and Bovik write it, equation (7), with the whole window."""
    window, value = gaussian_window(width), torch.ones(len(x))
    for scale, weight in enumerate(weights, start=1):
        mean_x, mean_y, square_x, square_y, product = apply((x, y, x * x, y * y, x * y), window)
        variance_x, variance_y = square_x - mean_x**2, square_y - mean_y**2
        covariance = product - mean_x * mean_y
        term = (2 * covariance + C2) / (variance_x + variance_y + C2)
        if scale == len(weights):
            term = term * (2 * mean_x * mean_y + C1) / (mean_x**2 + mean_y**2 + C1)
        x, y = (functional.avg_pool2d(images, 2, ceil_mode=True) for images in (x, y))
        value = value * term.mean(dim=(1, 2, 3)).clamp(min=0) ** weight
    return value


def contestants(width: int, weights: Sequence[float]) -> dict[str, Similarity]:
    """Return those who compare images with this window and these weights."""

    def torchmetrics(x: Tensor, y: Tensor) -> Tensor:
        return multiscale_structural_similarity_index_measure(
            x,
            y,
            kernel_size=width,
            sigma=SIGMA,
            data_range=1.0,
            betas=tuple(weights),
            normalize="relu",
            reduction="none",
        )

    return {
        "aeviz": lambda x, y: ms_ssim(x, y).value,
        "2-D window": lambda x, y: window_2d(x, y, width, weights, filter_apart),
        "2-D, stacked": lambda x, y: window_2d(x, y, width, weights, filter_stacked),
        "torchmetrics": torchmetrics,
    }


def make_images(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return smooth random images and noisy copies of them, in [0, 1]."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(*shape[:2], 5, 5, generator=generator)
    x = functional.interpolate(coarse, shape[2:], mode="bilinear", align_corners=False)
    return x, (x + 0.1 * torch.randn(shape, generator=generator)).clamp(0, 1)


def time_ms(measure: Similarity, x: Tensor, y: Tensor, *, backward: bool) -> float:
    """Return the milliseconds that the values of a batch take, with or without the gradient by `y`."""
    y = y.clone().requires_grad_(backward)
    start = time.perf_counter()
    value = measure(x, y)
    if backward:
        value.mean().backward()
    return 1000 * (time.perf_counter() - start)


def take_turns(
    measures: dict[str, Similarity], x: Tensor, y: Tensor, rounds: int, *, backward: bool
) -> dict[str, Timing]:
    """Time every contestant once a round."""
    elapsed: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(WARM_UP + rounds):
        for name, measure in measures.items():
            elapsed[name].append(time_ms(measure, x, y, backward=backward))
    ours = elapsed["aeviz"][WARM_UP:]
    timings = {}
    for name, values in elapsed.items():
        timed = values[WARM_UP:]
        ratios = [theirs / our for theirs, our in zip(timed, ours, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
        timings[name] = Timing(
            median_ms=statistics.median(timed),
            least_ms=min(timed),
            greatest_ms=max(timed),
            ratio=middle,
            ratio_range=(low, high),
        )
    return timings


def measure(shape: tuple[int, ...], rounds: int) -> Result:
    """Compare the contestants on one batch.

    Raises:
        SystemExit: A value of the two-dimensional window differs from aeviz's, so that times mean nothing.
    """
    x, y = make_images(shape)
    expected, scales, width = ms_ssim(x, y)
    kept = WEIGHTS[:scales]
    weights = kept if scales == len(WEIGHTS) else tuple(weight / sum(kept) for weight in kept)
    measures = contestants(width, weights)
    difference = {name: float((measure(x, y) - expected).abs().max()) for name, measure in measures.items()}
    worst = max(difference["2-D window"], difference["2-D, stacked"])
    if not worst <= TOLERANCE:
        raise SystemExit(f"ms_ssim.py: values for {shape} differ by {worst:.1e}; expected at most {TOLERANCE:.0e}")
    return Result(
        shape=shape,
        scales=scales,
        window=width,
        forward=take_turns(measures, x, y, rounds, backward=False),
        forward_backward=take_turns(measures, x, y, rounds, backward=True),
        difference=difference,
        rounds=rounds,
        threads=torch.get_num_threads(),
    )


def print_table(results: dict[str, Result]) -> None:
    """Print figures, ratios and the machine's facts for people."""
    print(f"{processor_name()}, {os.cpu_count()} cores; torch {torch.__version__}, {torch.get_num_threads()} threads")
    if hasattr(os, "getloadavg"):
        print(f"load average of the last minute, this process included: {os.getloadavg()[0]:.1f}")
    for name, result in results.items():
        print(f"\n{name}: {result.scales} scales, window of {result.window} pixels, {result.rounds} rounds")
        for title, timings in (("forward", result.forward), ("forward and backward", result.forward_backward)):
            print(f"  {title}, ms: median (least to greatest), ratio (its middle half)")
            for contestant, timing in timings.items():
                spread = f"({timing.least_ms:.1f} to {timing.greatest_ms:.1f})"
                low, high = timing.ratio_range
                ratio = "1.0x" if contestant == "aeviz" else f"{timing.ratio:.1f}x ({low:.1f} to {high:.1f})"
                print(f"    {contestant:<14}{timing.median_ms:8.1f}  {spread:<20}{ratio}")
        others = ", ".join(f"{other} {value:.0e}" for other, value in result.difference.items() if other != "aeviz")
        print(f"  largest difference of a value from aeviz's: {others}")


def main() -> None:
    """Measure every batch and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time MS-SSIM against a two-dimensional window and torchmetrics.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="timed turns of each, from 2 (default 15)")
    options = parser.parse_args()
    if options.rounds < 2:
        parser.error(f"--rounds {options.rounds}; expected a whole number from 2 up")
    results = {" x ".join(map(str, shape)): measure(shape, options.rounds) for shape in SHAPES}
    if options.json:
        print(json.dumps({name: dataclasses.asdict(result) for name, result in results.items()}, indent=2))
    else:
        print_table(results)


if __name__ == "__main__":
    main()
