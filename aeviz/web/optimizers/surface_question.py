"""The question before the methods descend a surface: which one reaches a minimum first."""

from collections.abc import Mapping

from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.surfaces import Trajectory
from aeviz.web.components.kit.prediction import Question

NAME = "surface"
"""As `aeviz.web.kernel.asking` calls it."""
_NONE = "none of them"


def ask_for_first(found: Mapping[MethodName, Trajectory], steps: int) -> Question | None:
    """Ask which method is the first at a minimum where it stays; None for a method alone, which has no rival.

    Args:
        found: The trajectories from one start, by method.
        steps: Steps that each method may take.
    """
    if len(found) < 2:
        return None
    arrivals = {
        METHODS[name].title: path.arrived for name, path in found.items() if path.arrived is not None and path.stays
    }
    titles = [METHODS[name].title for name in found]
    order = sorted(arrivals, key=lambda title: arrivals[title])
    first = [titles.index(title) for title in order if arrivals[title] == arrivals[order[0]]]
    return Question(
        name=NAME,
        ask=f"which method is the first to reach a minimum (a star) and stay there, within {steps:,} steps?",
        choices=[*titles, _NONE],
        correct=first[0] if first else len(titles),
        also=first[1:],
        answer=_tell(order, arrivals, steps) + _count_minima(found),
    )


def _tell(order: list[str], arrivals: Mapping[str, int], steps: int) -> str:
    """Say who arrives when, the first first."""
    if not order:
        return f"No method stays at a minimum within {steps:,} steps."
    best = [title for title in order if arrivals[title] == arrivals[order[0]]]
    others = [f"{title} at {arrivals[title]:,}" for title in order[len(best) :]]
    start = f"{' and '.join(best)} arrive{'s' * (len(best) == 1)} first, at step {arrivals[order[0]]:,}"
    return f"{start}; then {', '.join(others)}." if others else f"{start}; no other method arrives."


def _count_minima(found: Mapping[MethodName, Trajectory]) -> str:
    """Say how many minima they ended at, where it is more than one."""
    goals = {path.nearest for path in found.values() if path.arrived is not None and path.stays}
    return f" They find {len(goals)} different minima." if len(goals) > 1 else ""
