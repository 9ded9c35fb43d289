"""How long the thesis's network takes by the settings of its source and by the fast recipe: errors by epoch.

`tools/recipe_curves.py` trains both; `measured` reads what it wrote.

Source: S1 (M. Sevkovych), Algorithm 4 and the log of its public code; L. Smith, arXiv:1708.07120 (one cycle).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Literal

from aeviz.paths import PROJECT_ROOT

MEASURED = PROJECT_ROOT / "checkpoints" / "recipe_curves.json"
"""What `tools/recipe_curves.py` measured."""

WayName = Literal["sources", "fast"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Whole trainings with the same settings but for the seed."""

    epoch_s: float
    """Median seconds of an epoch with its validation, on the machine that measured."""
    errors: tuple[tuple[float, ...], ...]
    """Mean squared error on the validation images after each epoch, pixels in [0, 1], by seed."""

    def epochs_until(self, goal: float) -> list[int | None]:
        """Return the first epoch of each seed with an error of at most `goal`; None where there is none."""
        return [next((at for at, error in enumerate(run, 1) if error <= goal), None) for run in self.errors]

    def seconds_until(self, goal: float) -> float | None:
        """Return the median seconds of the seeds that reach `goal`; None where none does."""
        known = [epochs for epochs in self.epochs_until(goal) if epochs is not None]
        return self.epoch_s * median(known) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeCurves:
    """One network trained in two ways."""

    preset: str
    goal: float
    """Error that the author of [S1] logged after the last step."""
    seeds: tuple[int, ...]
    ways: Mapping[WayName, Way]


@cache
def measured(path: Path = MEASURED) -> RecipeCurves:
    """Return what was measured."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return RecipeCurves(
        preset=found["preset"],
        goal=found["goal"],
        seeds=tuple(found["seeds"]),
        ways={
            name: Way(epoch_s=way["epoch_s"], errors=tuple(tuple(run) for run in way["errors"]))
            for name, way in found["ways"].items()
        },
    )
