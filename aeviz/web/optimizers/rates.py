"""Where the learning rates of a comparison come from, and whether others would be better."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import rate_curves
from aeviz.lab.learning_rates import Scan, Tried, measured
from aeviz.lab.optimizer_comparison import FAILED, RATES, OptimizerComparison, base_of, method_of, shared_part
from aeviz.language import mark, number, tr
from aeviz.web.kernel.charts import show_figure

_WHY_THEY_DIFFER = mark(
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
    used = "; ".join(f"{title} {number(optimizer.learning_rate, 'g')}" for optimizer, title in titles.items())
    if scan is None:
        unknown = tr(
            "**Learning rates: {used}.** Nobody has scanned rates for this network: they are as whoever started the "
            "runs set them.",
            used=used,
        )
        st.markdown(f"{unknown} {tr(_WHY_THEY_DIFFER)}")
        return
    best = [title for optimizer, title in titles.items() if (pair := _tried(scan, optimizer))[0] and pair[0] == pair[1]]
    if best:
        st.markdown(tr("**Learning rates: {used}.** Best of a scan: that of {best}.", used=used, best=_list(best)))
    else:
        st.markdown(tr("**Learning rates: {used}.**", used=used))
    show_figure(
        rate_curves(
            scan,
            [(title, method_of(optimizer), optimizer.learning_rate) for optimizer, title in titles.items()],
            tr("validation error after {epochs} epochs", epochs=scan.epochs),
        ),
        key="comparison-rates",
        alt=tr("Validation error by learning rate of {titles}", titles=", ".join(titles.values())),
    )
    legend = tr(
        "A scan on {data} with seeds {seeds}, none of them compared above. Stars: the rates of the comparison. Dots: "
        "single seeds.",
        data=scan.data,
        seeds=", ".join(map(str, scan.seeds)),
    )
    st.caption(f"{legend} {tr(_WHY_THEY_DIFFER)}")


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
        tr(
            "{titles} did better at {best:g} than at {here:g} (error {low} against {high})",
            titles=_list([title for title, _, _ in found]),
            best=best,
            here=here,
            low=_list([number(mean, ".4f") for _, mean, _ in found]),
            high=_list([number(mean, ".4f") for _, _, mean in found]),
        )
        for (best, here), found in better.items()
    ]
    if not parts:
        return ""
    text = tr("Only for the learning rates used here: in a scan of rates, {parts}.", parts="; ".join(parts))
    adaptive = {title: each.learning_rate for each, title in titles.items() if method_of(each) in ("adam", "amsgrad")}
    rate, seed = FAILED.get(scan.data, (None, None))
    if len(adaptive) == 2 and set(adaptive.values()) == {RATES[scan.data]["adam"]} and seed in comparison.seeds:
        reason = tr(
            "{titles} are not compared at {rate:g}, because with it seed {seed} learns only the mean image.",
            titles=_list(list(adaptive)),
            rate=rate,
            seed=seed,
        )
        return f"{text} {reason}"
    return text


def _scan_of(comparison: OptimizerComparison) -> Scan | None:
    """Return the scan of the network of a comparison, perhaps after another number of epochs."""
    scan, shared = measured(), comparison.shared
    if scan is None:
        return None
    alike = replace(shared, train=replace(shared.train, epochs=scan.epochs))
    return scan if alike == shared_part(base_of(scan.data, scan.epochs)) else None


def _tried(scan: Scan, optimizer: OptimizerConfig) -> tuple[Tried | None, Tried | None]:
    """Return what the scan has of an optimizer's learning rate, and of the best one for its method."""
    method = method_of(optimizer)
    here = next((each for each in scan.methods[method] if each.rate == optimizer.learning_rate), None)
    return here, scan.best(method)


def _list(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return tr("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])
