"""The optimizers that ship with five seeds each: mean curves with bands, and what exceeds the spread over the seeds."""

import numpy as np
import streamlit as st

from aeviz.figures.comparison import Curve, comparison_curves
from aeviz.lab.optimizer_comparison import (
    CONFIDENCE,
    OptimizerComparison,
    compare_means,
    gather,
    method_of,
    titles_of,
)
from aeviz.training.runs import list_compared
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.history import offer_curves, read_epochs
from aeviz.web.kernel.text import escape, name_objective

WHAT = "what"
"""URL parameter: single runs, or the optimizers with several seeds each."""
RUNS, SEEDS = "single runs", "optimizers over seeds"


def is_by_seeds() -> bool:
    """Let the visitor choose between single runs and optimizers over several seeds, where such runs ship."""
    if not _shipped():
        return False
    chosen = st.segmented_control(
        "Compare",
        [RUNS, SEEDS],
        default=RUNS,
        required=True,
        key=WHAT,
        bind="query-params",
        label_visibility="collapsed",
    )
    return str(chosen) == SEEDS


def show_seeds() -> None:
    """Show what the optimizers reach over their seeds: verdicts, then curves with bands."""
    comparison = _shipped()[0]
    titles = titles_of(comparison.lines)
    st.caption(
        f"{', '.join(titles.values())} on {escape(comparison.shared.data.name)}, {len(comparison.seeds)} seeds each, "
        "all else equal. These runs ship."
    )
    histories = {
        optimizer: {seed: read_epochs(comparison.lines[optimizer][seed].path) for seed in comparison.seeds}
        for optimizer in titles
    }
    errors = {
        titles[optimizer]: {seed: history[-1].val_mse for seed, history in by_seed.items()}
        for optimizer, by_seed in histories.items()
    }
    best, *others = sorted(errors, key=lambda title: float(np.mean(list(errors[title].values()))))
    mean = float(np.mean(list(errors[best].values())))
    lines = [f"**{best} has the lowest mean validation error (MSE) after the last epoch: {mean:.5f}.**"]
    for other in others:
        found = compare_means(errors[other], errors[best])
        verdict = "more than the seeds explain" if found.is_shown else "no more than the seeds may explain"
        lines.append(
            f"{other}: {found.first:.5f}, {found.difference:.5f} higher, **{verdict}** (standard deviation over seeds "
            f"{found.spread:.5f})."
        )
    st.info("  \n".join(lines), icon=":material/balance:")
    show_figure(
        comparison_curves(
            [
                Curve(
                    title=titles[optimizer],
                    method=method_of(optimizer),
                    losses=np.array([[report.val_loss for report in history] for history in by_seed.values()]),
                )
                for optimizer, by_seed in histories.items()
            ],
            f"validation loss ({name_objective(comparison.shared.objective)})",
            1,
        ),
        key="compare-seeds",
        alt="Validation loss over the epochs, mean and range over the seeds, of " + ", ".join(errors),
    )
    st.caption(
        "Lines are means over the seeds. Bands run from the lowest seed to the highest. *More than the seeds explain*: "
        f"Welch's {CONFIDENCE:.0%} confidence interval of the difference excludes 0. Optimizers are compared as they "
        "were set."
    )
    offer_curves(
        {
            f"{title}, seed {seed}": comparison.lines[optimizer][seed].path
            for optimizer, title in titles.items()
            for seed in comparison.seeds
        },
        "curves-of-seeds",
    )


@shared(max_entries=1)
def _shipped() -> list[OptimizerComparison]:
    return gather(list_compared())
