"""What a comparison of optimizers found: in a sentence, and with all numbers."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import gap_bars
from aeviz.lab.adaptive import METHODS
from aeviz.lab.optimizer_comparison import CONFIDENCE, MeanDifference, compare_means, method_of
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.text import LEAST_DECIMALS, decimals_for, differ, with_minus

Errors = Mapping[str, Mapping[int, float]]
"""Validation error by seed of each optimizer, by its title."""


def short_title(optimizer: OptimizerConfig) -> str:
    """Return the name of an optimizer's method."""
    return METHODS[method_of(optimizer)].title


def headline(errors: Errors, names: list[str]) -> str:
    """Say in a sentence or two what the comparison found; arguments as in `show_gaps`."""
    first, *others = errors.values()
    judged = [(name, compare_means(other, first)) for name, other in zip(names[1:], others, strict=True)]
    if all(found.interval is None for _, found in judged):
        return "**One seed each: no verdict.** It may be chance which optimizer ends lower."
    parts = [
        f"**{name} ends {'lower' if found.difference < 0 else 'higher'} than {names[0]}.**"
        for name, found in judged
        if found.is_shown
    ]
    alike = [name for name, found in judged if not found.is_shown]
    if alike:
        parts.append(
            f"**No difference shown between {names[0]} and {' or '.join(alike)}** in the validation error after the "
            "last epoch: seeds of one optimizer differ as much."
        )
    return " ".join(parts)


def show_gaps(errors: Errors, names: list[str]) -> None:
    """Draw the differences of the mean errors from that of the first with their intervals, where there are any.

    Args:
        errors: As in `show_numbers`.
        names: Shorter names of the optimizers.
    """
    reference, *others = names
    first, *rest = errors.values()
    found = [compare_means(other, first) for other in rest]
    if all(each.interval is None for each in found):
        return
    show_figure(
        gap_bars([(name, each.difference, each.interval) for name, each in zip(others, found, strict=True)], reference),
        key="comparison-gaps",
        alt=f"Differences of mean validation errors from {reference} with their intervals",
    )
    st.caption("An interval that holds 0 shows no difference: other seeds might reverse it.")


def show_numbers(errors: Errors) -> None:
    """Say of each optimizer whether it ends below the first by more than the seeds alone explain.

    Args:
        errors: Validation error by seed of each optimizer, by its title; the others are compared to the first.
    """
    st.table(
        {
            "optimizer": list(errors),
            "mean MSE": [f"{np.mean(list(values.values())):.5f}" for values in errors.values()],
            "spread of the seeds": [
                f"{np.std(list(values.values()), ddof=1):.5f}" if len(values) > 1 else "unknown"
                for values in errors.values()
            ],
            "lowest": [f"{min(values.values()):.5f}" for values in errors.values()],
            "highest": [f"{max(values.values()):.5f}" for values in errors.values()],
        },
        border="horizontal",
        hide_index=True,
    )
    first, *others = errors
    found = {other: compare_means(errors[other], errors[first]) for other in others}
    for other, comparison in found.items():
        _show_verdict(other, first, comparison, len(errors[other]))
    if any(comparison.interval is not None for comparison in found.values()):
        st.caption(
            f"Welch's {CONFIDENCE:.0%} confidence interval of the difference; several intervals together are wrong "
            "more often than one in twenty times. The paired interval compares runs of the same seed. Another learning "
            "rate may reverse the result: this compares optimizers *as they were set*."
        )


def _show_verdict(other: str, first: str, comparison: MeanDifference, seeds: int) -> None:
    difference = comparison.difference
    direction = "lower" if difference < 0 else "higher"
    low, high = sorted([comparison.first, comparison.second])
    is_open = comparison.interval is not None and not comparison.is_shown
    decimals = LEAST_DECIMALS if is_open else decimals_for([low, high])  # more would name what is chance
    numbers = (
        f"{comparison.first:.{decimals}f} against {comparison.second:.{decimals}f}, {differ(high, low, decimals)} "
        f"{direction}"
    )
    if comparison.interval is None:
        st.info(
            f"**{other} and {first}: {numbers}, from one seed each.** One seed cannot tell whether this is chance.",
            icon=":material/question_mark:",
        )
        return
    low, high = comparison.interval
    interval = with_minus(f"{low:.5f} to {high:.5f}")
    text = f"{numbers}; standard deviation over the seeds {comparison.spread:.5f}; interval {interval}"
    if comparison.paired is not None:
        low, high = comparison.paired
        text += f" (paired by seed {with_minus(f'{low:.5f} to {high:.5f}')})"
    if comparison.is_shown:
        st.success(
            f"**{other} ends {direction} than {first}, and the difference is significant**: {text}; {seeds} seeds "
            "each.",
            icon=":material/check_circle:",
        )
    else:
        st.info(
            f"**No difference shown between {other} and {first}**: it is within the variation between seeds. {text}; "
            f"{seeds} seeds each.",
            icon=":material/drag_handle:",
        )
