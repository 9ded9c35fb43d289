"""Caches of the page on optimizers, keyed by all that a visitor set. Arrays are shared: pages never change them."""

from collections.abc import Mapping

from aeviz.lab import descent, regret, surfaces
from aeviz.lab.adaptive import MethodName, Settings
from aeviz.lab.descent import Course, ExampleName
from aeviz.lab.optimizer_comparison import OptimizerComparison, gather
from aeviz.lab.regret import Costs, Outcome
from aeviz.lab.surfaces import SURFACES, Trajectory
from aeviz.training.runs import RunFolder, compared_root, list_compared
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model

ChosenSettings = tuple[tuple[MethodName, Settings], ...]
"""Methods and the settings of each, as a key of a cache."""


@shared(max_entries=64)  # at most 0.5 MB each
def trajectories(
    surface: str, chosen: ChosenSettings, start: tuple[float, float], steps: int
) -> dict[MethodName, Trajectory]:
    """Return the trajectories of methods over a surface, by its name."""
    return surfaces.travel(SURFACES[surface], dict(chosen), start, steps)


@shared(max_entries=64)  # at most 1 MB each
def play(
    costs: Costs, largest: float, settings: Settings, steps: int, methods: tuple[MethodName, ...], seed: int
) -> Mapping[MethodName, Outcome]:
    """Return what methods do on the costs of Reddi, Kale & Kumar."""
    return regret.play(costs, largest, settings, steps, methods, seed=seed)


@shared(max_entries=64)  # at most 0.2 MB each
def courses(name: ExampleName, start: float, steps: int) -> tuple[Course, Course]:
    """Return the descent of an example that misses a condition, and the one that has it."""
    example = descent.EXAMPLES[name]
    return descent.descend(example.broken, start, steps), descent.descend(example.mended, start, steps)


def comparisons(found: Mapping[str, Model]) -> list[OptimizerComparison]:
    """Return the comparisons among the runs whose training went to its end, and the one that ships."""
    ended = [model.folder for model in found.values() if len(model.history()) == model.config.train.epochs]
    return gather([*_shipped(str(compared_root())), *ended])


@shared(max_entries=1)  # read once: 20 short files
def _shipped(root: str) -> list[RunFolder]:
    return list_compared()
