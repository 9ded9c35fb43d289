"""Where the learning rates of a comparison come from, and whether others would be better."""

from collections.abc import Mapping

import streamlit as st

from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import rate_curves
from aeviz.lab.learning_rates import Scan, measured
from aeviz.lab.optimizer_comparison import OptimizerComparison, base_of, method_of, shared_part
from aeviz.web.kernel.charts import show_figure

_WHY_THEY_DIFFER = (
    "Adam and AMSGrad divide each gradient by its size, SGD and momentum do not. Gradients of a mean over pixels are "
    "small, so SGD and momentum need a much larger learning rate."
)


def show_rates(comparison: OptimizerComparison, titles: Mapping[OptimizerConfig, str]) -> None:
    """Show what the scan of learning rates found, and where the rates of the comparison lie in it.

    Args:
        comparison: The runs.
        titles: Its optimizers in their order, with what they are called.
    """
    scan = measured()
    used = "; ".join(f"{title} {optimizer.learning_rate:g}" for optimizer, title in titles.items())
    if scan is None or comparison.shared != shared_part(base_of(scan.data, scan.epochs)):
        st.markdown(
            f"**Learning rates: {used}.** Nobody has scanned rates for this network: they are as whoever started the "
            f"runs set them. {_WHY_THEY_DIFFER}"
        )
        return
    st.markdown(f"**Learning rates: {used}.** {_judge(scan, titles)}")
    show_figure(
        rate_curves(
            scan,
            [(title, method_of(optimizer), optimizer.learning_rate) for optimizer, title in titles.items()],
            f"validation error after {scan.epochs} epochs",
        ),
        key="comparison-rates",
        alt="Validation error by learning rate of " + ", ".join(titles.values()),
    )
    st.caption(
        f"A scan on {scan.data} with seeds {', '.join(map(str, scan.seeds))}, none of them compared above. Stars: the "
        f"rates of the comparison. Dots: single seeds. {_WHY_THEY_DIFFER}"
    )


def _judge(scan: Scan, titles: Mapping[OptimizerConfig, str]) -> str:
    """Say which of the rates are the best that were tried, and what was better than the others."""
    best, better = [], []
    for optimizer, title in titles.items():
        tried = scan.methods[method_of(optimizer)]
        here = next((each.mean for each in tried if each.rate == optimizer.learning_rate), None)
        found = scan.best(method_of(optimizer))
        if found is None or found.mean is None:
            continue
        if found.rate == optimizer.learning_rate:
            best.append(title)
        else:
            against = "" if here is None else f" against {here:.4f}"
            better.append(f"{title} reached a lower error at {found.rate:g} ({found.mean:.4f}{against})")
    parts = [f"Best of a scan: that of {' and '.join(best)}."] if best else []
    if better:
        parts.append(f"In the scan {'; '.join(better)}. So the verdict holds for these rates, not for the methods.")
    return " ".join(parts)
