"""Validation error of each optimizer by its learning rate, on the digits: checkpoints/learning_rates.json.

The page Optimizers shows it beside a comparison. The network is that of the comparison that ships, with other seeds, so
that no rate is chosen by the runs that are compared. 57 short runs take about six minutes.

Usage:
    python -m tools.learning_rates
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from aeviz.config import RunConfig
from aeviz.errors import AevizError, TrainingError
from aeviz.experiment import train
from aeviz.lab.adaptive import TrainedName
from aeviz.lab.learning_rates import MEASURED
from aeviz.lab.optimizer_comparison import USUAL_EPOCHS, base_of, plan
from aeviz.training.files import write_atomically

DATA = "digits"
RATES: dict[TrainedName, tuple[float, ...]] = {
    "adam": (0.0003, 0.001, 0.003, 0.01, 0.03),
    "amsgrad": (0.0003, 0.001, 0.003, 0.01, 0.03),
    "momentum": (0.3, 1, 3, 10),
    "sgd": (0.3, 1, 3, 10, 30),
}
"""Learning rates that are tried."""
SEEDS = (100, 101, 102)
"""None of them is a seed of the comparison."""


def main() -> int:
    """Train all and write the file."""
    torch.set_num_threads(1)  # networks as small as this lose time to more
    try:
        found = {name: [measure(name, rate) for rate in rates] for name, rates in RATES.items()}
    except AevizError as error:
        print(error, file=sys.stderr)
        return 1
    record = {"data": DATA, "epochs": USUAL_EPOCHS, "seeds": list(SEEDS), "methods": found}
    text = json.dumps(record, indent=1) + "\n"
    write_atomically(MEASURED, lambda path: path.write_text(text, encoding="utf-8"))
    return 0


def measure(name: TrainedName, rate: float, *, epochs: int = USUAL_EPOCHS) -> dict[str, object]:
    """Return a rate and the validation error after the last epoch with each seed, None where training diverged."""
    (config,) = plan(base_of(DATA, epochs), {name: rate}, 1)
    return {
        "rate": rate,
        "errors": [_error(replace(config, train=replace(config.train, seed=seed))) for seed in SEEDS],
    }


def _error(config: RunConfig) -> float | None:
    with TemporaryDirectory() as folder:
        try:
            return float(f"{train(config, out=Path(folder) / 'run').history[-1].val_mse:.5g}")
        except TrainingError:
            return None


if __name__ == "__main__":
    sys.exit(main())
