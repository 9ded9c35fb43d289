"""A fair comparison of optimizers on a network: curves over several seeds, a verdict, and the latent planes."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from aeviz.analysis.alignment import align
from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import Curve, arrows, comparison_curves, layer_curves
from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.optimizer_comparison import (
    OptimizerComparison,
    layer_titles,
    long_title_of,
    method_of,
    moved_most,
    names_of,
    title_of,
    titles_of,
)
from aeviz.training.history import EpochReport
from aeviz.training.moments import Moments, read_moments
from aeviz.web.kernel import projections
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.history import offer_curves, read_epochs
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages, same_images
from aeviz.web.kernel.text import name_objective
from aeviz.web.map.controls import MapOptions
from aeviz.web.map.view import show_map
from aeviz.web.optimizers import cached
from aeviz.web.optimizers.comparison_start import show_start, take_ended, time_of_several
from aeviz.web.optimizers.methods import show_methods
from aeviz.web.optimizers.verdicts import Errors, headline, short_title, show_gaps, show_numbers

_WHY_RATES_DIFFER = (
    "Adam and AMSGrad divide each gradient by its size, SGD and momentum do not. Gradients of a mean over pixels are "
    "small, so SGD and momentum need a much larger learning rate."
)
CURVES, NUMBERS, WHY, PLANES = PARTS = ("curves", "numbers", "why they differ", "latent planes")
"""What there is to see of a comparison below its verdict."""
ARROWS = 40
"""Images that get an arrow."""
_STEPS, _MAXIMUM = "effective step size", "maximum of second moments"
"""The quantities that are drawn layer by layer."""


def show_comparison() -> None:
    """Show a comparison among the finished runs, and how to start another."""
    found = cached.comparisons(list_models())
    names = dict(
        zip(names_of(found, [f"{comparison.name}: {_who(comparison)}" for comparison in found]), found, strict=True)
    )
    if names:
        ended = take_ended()  # which the visitor who started it wants to see
        for name in [name for name, comparison in names.items() if ended & _runs(comparison)][:1]:
            st.session_state["comparison"] = name
        chosen = st.selectbox(
            "Comparison",
            list(names),
            key="comparison",
            bind="query-params",
            help="Finished runs that differ only in optimizer and seed.",
        )
        comparison = names.get(str(chosen), found[0])
        histories = _histories(comparison)
        errors = {
            title: {seed: epochs[-1].val_mse for seed, epochs in by_seed.items()}
            for title, by_seed in histories.items()
        }
        short = list(_titles(comparison, short_title).values())
        st.markdown(headline(errors, short))
        show_gaps(errors, short)
        _show_part(comparison, histories, errors)
    else:
        st.info("No finished runs differ only in the optimizer yet. Start some below.", icon=":material/balance:")
    show_start(is_first=not names)


def _runs(comparison: OptimizerComparison) -> set[str]:
    return {folder.name for line in comparison.lines.values() for folder in line.values()}


def _who(comparison: OptimizerComparison) -> str:
    titles = ", ".join(_titles(comparison).values())
    count = len(comparison.seeds)
    return f"{titles}; {count} seed{'s' if count > 1 else ''} each"


def _ordered(comparison: OptimizerComparison) -> list[OptimizerConfig]:
    """Return the optimizers, Adam first, to which the others are compared."""
    rank = {"adam": 0, "amsgrad": 1, "momentum": 2, "sgd": 3}
    return sorted(comparison.lines, key=lambda optimizer: (rank[method_of(optimizer)], optimizer.learning_rate))


def _titles(
    comparison: OptimizerComparison, title: Callable[[OptimizerConfig], str] = title_of
) -> dict[OptimizerConfig, str]:
    """Return the titles of the optimizers in their order; no two are equal."""
    titles = titles_of(comparison.lines, title)
    return {optimizer: titles[optimizer] for optimizer in _ordered(comparison)}


def _show_shared(comparison: OptimizerComparison) -> None:
    shared, origin = comparison.shared, next(iter(next(iter(comparison.lines.values())).values())).provenance
    seeds, schedule = ", ".join(map(str, comparison.seeds)), shared.optimizer.schedule.replace("_", "-")
    with st.expander("What is equal, and what differs"):
        st.markdown(
            f"""**Equal** (seed{"s" if len(comparison.seeds) > 1 else ""} {seeds})
- images: {origin.n_train:,} of {shared.data.name} for training, {origin.n_validation:,} for validation
- network: {origin.parameters:,} parameters, and for each seed **the same initial weights**
- for each seed **the same batches of {shared.train.batch_size} in the same order**, {shared.train.epochs:,} epochs
- loss: {name_objective(shared.objective)}; learning-rate schedule: {schedule}

**Different**: the optimizer and its learning rate: {"; ".join(_titles(comparison, long_title_of).values())}."""
        )


Histories = Mapping[str, Mapping[int, list[EpochReport]]]
"""What the runs of an optimizer recorded, by its long title and by seed."""


def _histories(comparison: OptimizerComparison) -> Histories:
    return {
        title: {seed: read_epochs(comparison.lines[optimizer][seed].path) for seed in comparison.seeds}
        for optimizer, title in _titles(comparison, long_title_of).items()
    }


def _show_part(comparison: OptimizerComparison, histories: Histories, errors: Errors) -> None:
    """Let the visitor choose what to see of a comparison below its verdict, and show it."""
    _open_part_of_address()
    chosen = st.segmented_control(
        "Details", PARTS, default=CURVES, required=True, key="part", bind="query-params", label_visibility="collapsed"
    )
    if chosen == WHY:
        _show_layers(comparison)
        show_methods(list(dict.fromkeys(map(method_of, _titles(comparison)))), by_torch=True)
    elif chosen == PLANES:
        _show_planes(comparison)
    elif chosen == NUMBERS:
        show_numbers(errors)
        _show_shared(comparison)
    else:
        _show_curves(comparison, histories)
    if len(comparison.seeds) == 1:
        st.caption(
            "One seed per optimizer gives no spread and no verdict. Five seeds of all four optimizers on the "
            f"digits take about {time_of_several()}; start them below."
        )


def _open_part_of_address() -> None:
    """Let addresses that were shared before there were parts open the one that they speak of."""
    if "part" in st.session_state or "part" in st.query_params:
        return
    for part, names in ((WHY, ("why",)), (PLANES, ("left", "right", "of", "aligned"))):
        if any(name in st.query_params for name in names):
            st.session_state["part"] = part
            return


@st.fragment
def _show_curves(comparison: OptimizerComparison, histories: Histories) -> None:
    with errors_as_messages():
        titles = _titles(comparison, long_title_of)
        above, epochs = st.container(), comparison.shared.train.epochs
        window = int(
            st.slider(
                "Moving average (epochs)",
                1,
                max(2, epochs // 5),
                max(1, epochs // 40),
                key="average",
                bind="query-params",
                width=300,
                help="Each point of a curve is the mean over this many epochs.",
            )
        )
        curves = [
            Curve(
                title=title,
                method=method_of(optimizer),
                losses=np.array([[report.val_loss for report in history] for history in histories[title].values()]),
            )
            for optimizer, title in titles.items()
        ]
        with above:
            show_figure(
                comparison_curves(curves, f"validation loss ({name_objective(comparison.shared.objective)})", window),
                key="comparison-curves",
                alt="Validation loss of " + ", ".join(curve.title for curve in curves),
            )
            notes = ["Thin lines are single seeds, thick lines their means."] if len(comparison.seeds) > 1 else []
            if len({METHODS[curve.method].has_moment for curve in curves}) > 1:
                notes.append(_WHY_RATES_DIFFER)
            st.caption(" ".join(notes))
        offer_curves(
            {
                f"{title}, seed {seed}": comparison.lines[optimizer][seed].path
                for optimizer, title in titles.items()
                for seed in comparison.seeds
            },
            "optimizer-comparison-curves",
        )


@st.fragment
def _show_layers(comparison: OptimizerComparison) -> None:
    """Show why the optimizers differ, layer by layer: what multiplies a gradient, or what AMSGrad's maximum takes."""
    seed = comparison.seeds[0]
    recorded = {
        title: (method_of(optimizer), moments)
        for optimizer, title in _titles(comparison).items()
        if (moments := read_moments(comparison.lines[optimizer][seed].path))
    }
    if not recorded:
        st.info("These runs recorded no step sizes.", icon=":material/info:")
        return
    weights = dict.fromkeys(name for _, moments in recorded.values() for name in moments[-1].effective)
    layers = layer_titles(comparison.shared.model, weights)
    adaptive = {title: pair for title, pair in recorded.items() if pair[0] in ("adam", "amsgrad")}
    shown = _STEPS
    if any(method == "amsgrad" for method, _ in adaptive.values()):
        shown = str(
            st.segmented_control(
                "By layer",
                [_STEPS, _MAXIMUM],
                default=_STEPS,
                required=True,
                key="why",
                bind="query-params",
                help="The effective step size, alpha / sqrt(V), multiplies the first moment. AMSGrad's V is the "
                "largest "
                "second moment so far.",
            )
        )
    if shown == _MAXIMUM:
        st.markdown(
            "**Root of the largest second moment so far, divided by that of the current one**: median over the weights "
            f"of a layer, seed {seed}. AMSGrad's steps are shorter than Adam's by this factor after the same "
            "gradients. Adam keeps no maximum, so its factor is 1."
        )
        show_figure(
            layer_curves(adaptive, layers, "held"),
            key="comparison-held",
            alt="Largest second moment over the present one, by layer over the epochs",
        )
    else:
        st.markdown(f"**Effective step size by layer**: median over its weights, seed {seed}")
        show_figure(
            layer_curves(recorded, layers, "effective"),
            key="comparison-layers",
            alt="Effective step size of each layer over the epochs",
        )
    st.markdown(" ".join(_explain_steps(title, *pair, layers) for title, pair in recorded.items()))


def _explain_steps(title: str, method: MethodName, recorded: list[Moments], layers: Mapping[str, str]) -> str:
    """Describe an optimizer's step sizes after the last epoch."""
    last = recorded[-1]
    if method in ("sgd", "momentum"):
        return f"**{title}** has the same step size in every layer."
    least, most = (extreme(last.effective, key=last.effective.__getitem__) for extreme in (min, max))
    text = (
        f"**{title}** multiplies by {_round(last.effective[least])} in one layer ({layers[least]}) and by "
        f"{_round(last.effective[most])} in another ({layers[most]})"
    )
    if method == "adam":
        return f"{text}: less where gradients are large, more where they are small, and it can rise and fall."
    short, long = min(last.held.values()), max(last.held.values())
    return (
        f"{text}. Its divisor is {short:.2g} to {long:.2g} times Adam's after the same gradients, so its steps are "
        "shorter by that factor."
    )


def _round(value: float) -> str:
    """Return a positive number with two significant digits, thousands without an exponent."""
    return f"{float(f'{value:.2g}'):,g}"


def _show_planes(comparison: OptimizerComparison) -> None:
    """Show where two of the optimizers put the same images, and which moved most."""
    titles = {title: comparison.lines[optimizer] for optimizer, title in _titles(comparison).items()}
    names = list(titles)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        left = str(st.selectbox("Left", names, key="left", bind="query-params", width=220))
        right = str(st.selectbox("Right", names, index=1, key="right", bind="query-params", width=220))
        seed = int(
            st.selectbox("Seed", list(map(str, comparison.seeds)), key="of", bind="query-params", width=120) or 0
        )
        is_line = comparison.shared.model.latent_dim == 1
        is_aligned = not is_line and st.toggle(
            "Align (Procrustes)",
            value=True,
            key="aligned",
            bind="query-params",
            help="Rotates, mirrors, shifts and scales the right plane to bring equal images as close as possible.",
        )
    first, second = Model(titles[left][seed]), Model(titles[right][seed])
    if left == right:
        st.info("Choose two different optimizers.", icon=":material/compare_arrows:")
        return
    if not (first.has_latents and second.has_latents and same_images(first, second)):
        st.info("Their test images are not encoded yet.", icon=":material/hourglass_empty:")
        return
    show_map(first, second, MapOptions(dimensions=2, aligned=is_aligned, two_viewpoints=False))
    if is_line:
        st.caption("A 1-D latent space is shown beside the error of each image; such planes cannot be aligned.")
    else:
        _show_arrows(first, second, is_aligned)


def _show_arrows(first: Model, second: Model, is_aligned: bool) -> None:
    plane = projections.projection(first, 2)
    target, source = plane.points, projections.projection(second, 2).points
    alignment = align(source, target) if is_aligned else None
    moved = source if alignment is None else alignment.apply(source)
    chosen = moved_most(moved, target, ARROWS)
    table = first.latents
    size = float(np.sqrt(target.var(axis=0).sum()))
    distance = np.linalg.norm(moved - target, axis=1)
    how = "not aligned" if alignment is None else "aligned"
    st.markdown(f"**The {ARROWS} images that moved most** from {first.name} to {second.name}, {how}")
    show_figure(
        arrows(target, moved, chosen, None if table is None else table.labels, plane.axis_names),
        key="comparison-arrows",
        alt=f"Arrows on the {ARROWS} images whose points moved most",
    )
    matched = (
        "A rotation, a reflection or another scale also moves points, and means nothing. Align to remove it."
        if alignment is None
        else f"{alignment.explained:.0%} of the variance is matched."
    )
    st.caption(
        f"{matched} Half of the images moved less than "
        f"{np.median(distance) / size:.2f} times the spread of the plane, these {distance[chosen[-1]] / size:.2f} to "
        f"{distance[chosen[0]] / size:.2f} times."
    )
