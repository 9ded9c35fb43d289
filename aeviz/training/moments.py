"""Effective learning rates of an optimizer, layer by layer, after each epoch: moments.jsonl in the folder of a run.

Only the runs of an optimizer comparison keep it (`aeviz.experiment`). Reading needs no torch.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aeviz.errors import CheckpointNotFoundError
from aeviz.training.json_lines import LINES_BYTES, parse_lines
from aeviz.training.safe_files import read_bytes_checked

if TYPE_CHECKING:
    import torch

MOMENTS = "moments.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The state of an optimizer after an epoch."""

    epoch: int
    """Counted from 1."""
    effective: Mapping[str, float]
    """Name of a weight matrix to the median over its weights of the effective learning rate: with bias correction
    alpha / (sqrt(V) + epsilon); alpha itself without a second moment. Weights that saw no gradient yet do not count."""
    held: Mapping[str, float]
    """Name to the median of sqrt(largest v so far / v now): how much AMSGrad's memory shortens a step; 1 without."""


def measure_moments(model: "torch.nn.Module", optimizer: "torch.optim.Optimizer", epoch: int) -> Moments:
    """Read the second moments of one of torch's optimizers; biases are left out."""
    group = optimizer.param_groups[0]
    rate = float(group["lr"])
    effective: dict[str, float] = {}
    held: dict[str, float] = {}
    for name, parameter in model.named_parameters():
        state = optimizer.state.get(parameter, {})
        if parameter.ndim < 2:
            continue
        if "exp_avg_sq" not in state:
            effective[name], held[name] = rate, 1.0
            continue
        v = state["exp_avg_sq"].double().cpu()
        largest = state.get("max_exp_avg_sq", v).double().cpu()
        seen = v > 0
        if not bool(seen.any()):
            continue
        correction = math.sqrt(1 - group["betas"][1] ** float(state["step"]))
        effective[name] = float((rate / (largest[seen].sqrt() / correction + group["eps"])).median())
        held[name] = float((largest[seen] / v[seen]).sqrt().median())
    return Moments(epoch=epoch, effective=effective, held=held)


def append_moments(path: Path, moments: Moments) -> None:
    """Append an epoch to the file of the run in the folder `path`."""
    with (path / MOMENTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(dataclasses.asdict(moments)) + "\n")


def read_moments(path: Path) -> list[Moments]:
    """Read the file of the run in the folder `path`, oldest epoch first; empty where there is none.

    A run that was resumed may have written an epoch twice: the later counts. A last line that is being written is left
    out.

    Raises:
        CheckpointFormatError: A line holds something else, or the file cannot be read.
    """
    try:
        content = read_bytes_checked(path / MOMENTS, LINES_BYTES)
    except CheckpointNotFoundError:
        return []
    by_epoch = {line.epoch: line for line in parse_lines(Moments, content, path / MOMENTS, noun="record of moments")}
    return [by_epoch[epoch] for epoch in sorted(by_epoch)]
