"""Where the learning rates of the optimizer comparison come from: errors by rate, from other seeds.

`tools/learning_rates.py` trains the network of the comparison that ships at each rate; `measured` reads what it wrote.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from aeviz.lab.adaptive import TrainedName
from aeviz.paths import PROJECT_ROOT

MEASURED = PROJECT_ROOT / "checkpoints" / "learning_rates.json"
"""What `tools/learning_rates.py` measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A learning rate of a method, and what it led to."""

    rate: float
    errors: tuple[float | None, ...]
    """Validation error, mean squared, after the last epoch with each seed; None where training diverged."""

    @property
    def mean(self) -> float | None:
        """Mean error over the seeds; None where training diverged with one of them."""
        known = [error for error in self.errors if error is not None]
        return sum(known) / len(known) if len(known) == len(self.errors) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Learning rates that were tried on one network."""

    data: str
    epochs: int
    seeds: tuple[int, ...]
    methods: Mapping[TrainedName, tuple[Tried, ...]]

    def best(self, method: TrainedName) -> Tried | None:
        """Return the rate with the lowest mean error; None where all diverged."""
        known = [tried for tried in self.methods[method] if tried.mean is not None]
        return min(known, key=lambda tried: tried.mean or 0.0, default=None)


@cache
def measured(path: Path = MEASURED) -> Scan | None:
    """Return what was measured; None where the record does not ship."""
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return Scan(
        data=found["data"],
        epochs=found["epochs"],
        seeds=tuple(found["seeds"]),
        methods={
            name: tuple(Tried(rate=each["rate"], errors=tuple(each["errors"])) for each in found["methods"][name])
            for name in get_args(TrainedName)
        },
    )
