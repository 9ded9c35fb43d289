"""The question before the methods descend a surface: which one reaches a minimum first."""

from collections.abc import Mapping

from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.surfaces import Trajectory
from aeviz.language import mark, number, tr, trn
from aeviz.web.components.kit.prediction import Question

NAME = "surface"
"""As `aeviz.web.kernel.asking` calls it."""
_NONE = mark("none of them")


def ask_for_first(
    found: Mapping[MethodName, Trajectory], steps: int, rates: Mapping[MethodName, float]
) -> Question | None:
    """Ask which method is the first at a minimum where it stays; None for a method alone, which has no rival.

    Args:
        found: The trajectories from one start, by method.
        steps: Steps that each method may take.
        rates: The step size of each method, on which the answer depends.
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
        ask=tr(
            "which method is the first to reach a minimum (a star) and stay there, within {steps:,} steps? Step sizes: "
            "{sizes}.",
            steps=steps,
            sizes=_sizes({name: rates[name] for name in found}),
        ),
        choices=[*titles, tr(_NONE)],
        correct=first[0] if first else len(titles),
        also=first[1:],
        answer=_tell(order, arrivals, steps) + _count_minima(found),
    )


def _tell(order: list[str], arrivals: Mapping[str, int], steps: int) -> str:
    """Say who arrives when, the first first."""
    if not order:
        return tr("No method stays at a minimum within {steps:,} steps.", steps=steps)
    best = [title for title in order if arrivals[title] == arrivals[order[0]]]
    others = [tr("{title} at {step}", title=title, step=number(arrivals[title], ",")) for title in order[len(best) :]]
    titles = best[0]
    for title in best[1:]:
        titles = tr("{names} and {last}", names=titles, last=title)
    step = number(arrivals[order[0]], ",")
    if others:
        return trn(
            "{titles} arrives first, at step {step}; then {others}.",
            "{titles} arrive first, at step {step}; then {others}.",
            len(best),
            titles=titles,
            step=step,
            others=", ".join(others),
        )
    return trn(
        "{titles} arrives first, at step {step}; no other method arrives.",
        "{titles} arrive first, at step {step}; no other method arrives.",
        len(best),
        titles=titles,
        step=step,
    )


def _count_minima(found: Mapping[MethodName, Trajectory]) -> str:
    """Say how many minima they ended at, where it is more than one."""
    goals = {path.nearest for path in found.values() if path.arrived is not None and path.stays}
    return " " + tr("They find {count} different minima.", count=len(goals)) if len(goals) > 1 else ""


def _sizes(rates: Mapping[MethodName, float]) -> str:
    """Name the step sizes that the order holds for, each with its methods."""
    return "; ".join(
        f"{', '.join(METHODS[name].title for name in rates if rates[name] == size)} {number(size, 'g')}"
        for size in dict.fromkeys(rates.values())
    )
