"""Where the learning rates of a comparison come from, and whether others would be better."""

from collections.abc import Mapping

import streamlit as st

from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import rate_curves
from aeviz.lab.learning_rates import Scan, Tried, measured
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
    scan = _scan_of(comparison)
    used = "; ".join(f"{title} {optimizer.learning_rate:g}" for optimizer, title in titles.items())
    if scan is None:
        st.markdown(
            f"**Learning rates: {used}.** Nobody has scanned rates for this network: they are as whoever started the "
            f"runs set them. {_WHY_THEY_DIFFER}"
        )
        return
    best = [title for optimizer, title in titles.items() if (pair := _tried(scan, optimizer))[0] and pair[0] == pair[1]]
    st.markdown(f"**Learning rates: {used}.**{f' Best of a scan: that of {_list(best)}.' if best else ''}")
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


def caveat(comparison: OptimizerComparison, titles: Mapping[OptimizerConfig, str]) -> str:
    """Return in a sentence which optimizers did better in the scan at another learning rate; empty where none did.

    Args:
        comparison: The runs.
        titles: As for `show_rates`.
    """
    scan = _scan_of(comparison)
    if scan is None:
        return ""
    better: dict[tuple[float, float], list[tuple[str, float, float]]] = {}
    for optimizer, title in titles.items():
        here, best = _tried(scan, optimizer)
        if here is not None and best is not None and here.mean and best.mean and here.mean > best.mean:
            better.setdefault((best.rate, here.rate), []).append((title, best.mean, here.mean))
    parts = [
        f"{_list([title for title, _, _ in found])} did better at {best:g} than at {here:g} (error "
        f"{_list([f'{mean:.4f}' for _, mean, _ in found])} against {_list([f'{mean:.4f}' for _, _, mean in found])})"
        for (best, here), found in better.items()
    ]
    return f"Only for the learning rates used here: in a scan of rates, {'; '.join(parts)}." if parts else ""


def _scan_of(comparison: OptimizerComparison) -> Scan | None:
    """Return the scan of the network of a comparison."""
    scan = measured()
    return None if scan is None or comparison.shared != shared_part(base_of(scan.data, scan.epochs)) else scan


def _tried(scan: Scan, optimizer: OptimizerConfig) -> tuple[Tried | None, Tried | None]:
    """Return what the scan has of an optimizer's learning rate, and of the best one for its method."""
    method = method_of(optimizer)
    here = next((each for each in scan.methods[method] if each.rate == optimizer.learning_rate), None)
    return here, scan.best(method)


def _list(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
