"""A fair comparison of optimizers on a network: errors over the epochs, learning rates, steps, latent planes."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from aeviz.analysis.alignment import align
from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import arrows, layer_curves
from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.optimizer_comparison import (
    CONFIDENCE,
    OptimizerComparison,
    compare_means,
    layer_titles,
    long_title_of,
    method_of,
    moved_most,
    names_of,
    title_of,
    titles_of,
)
from aeviz.lab.optimizer_epochs import gaps_by_epoch
from aeviz.training.moments import Moments, read_moments
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.optimizer_epochs.component import Line, optimizer_epochs
from aeviz.web.kernel import projections
from aeviz.web.kernel.asking import hide_answers, kept_back
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.history import offer_curves, read_epochs
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import same_images
from aeviz.web.kernel.text import name_objective, with_minus
from aeviz.web.kernel.url import UrlState, parse_number, rename_choices
from aeviz.web.map.controls import MapOptions
from aeviz.web.map.view import show_map
from aeviz.web.optimizers import cached
from aeviz.web.optimizers.comparison_question import NAME, ask_for_lowest
from aeviz.web.optimizers.comparison_start import show_start, take_ended, time_of_several
from aeviz.web.optimizers.methods import show_methods
from aeviz.web.optimizers.rates import caveat, show_rates

RATES, STEPS, PLANES, SETTINGS = PARTS = ("learning rates", "step sizes", "latent planes", "settings")
"""What there is to see of a comparison below its verdict."""
_FORMER_PARTS = {"why they differ": STEPS, "numbers": SETTINGS, "curves": RATES}
_KEY = "optimizer-epochs"
ARROWS = 40
"""Images that get an arrow."""
_EFFECTIVE, _MAXIMUM = "effective step size", "maximum of second moments"
"""The quantities that are drawn layer by layer."""


def show_comparison() -> None:
    """Show a comparison among the finished runs, and how to start another."""
    found = cached.comparisons(list_models())
    names = dict(zip(names_of(found, [_question(comparison) for comparison in found]), found, strict=True))
    if names:
        former = names_of(found, [f"{comparison.name}: {_who(comparison)}" for comparison in found])
        rename_choices("comparison", dict(zip(former, names, strict=True)))
        ended = take_ended()  # which the visitor who started it wants to see
        for name in [name for name, comparison in names.items() if ended & _runs(comparison)][:1]:
            st.session_state["comparison"] = name
        chosen = st.selectbox(
            "Comparison",
            list(names),
            key="comparison",
            bind="query-params",
            label_visibility="collapsed",
            help="Finished runs that differ only in optimizer and seed.",
        )
        comparison = names.get(str(chosen), found[0])
        _show_epochs(comparison)
        with kept_back(len(comparison.seeds) > 1, NAME):  # which shows errors at the end
            _show_part(comparison)
    else:
        st.info("No finished runs differ only in the optimizer yet. Start some below.", icon=":material/balance:")
    show_start(is_first=not names)


def _runs(comparison: OptimizerComparison) -> set[str]:
    return {folder.name for line in comparison.lines.values() for folder in line.values()}


def _who(comparison: OptimizerComparison) -> str:
    titles = ", ".join(_titles(comparison).values())
    return f"{titles}; {_seeds(comparison)}"


def _seeds(comparison: OptimizerComparison) -> str:
    count = len(comparison.seeds)
    return f"{count} seed{'s' if count > 1 else ''} each"


def _question(comparison: OptimizerComparison) -> str:
    """Return what a comparison asks, as a title."""
    *most, last = _titles(comparison, short_title).values()
    model = comparison.shared.model
    kind = "VAE" if model.is_variational else "autoencoder"
    return (
        f"{', '.join(most)} or {last}? A {model.latent_dim}-D {kind} of {comparison.shared.data.name}, "
        f"{comparison.shared.train.epochs} epochs, {_seeds(comparison)}"
    )


def _ordered(comparison: OptimizerComparison) -> list[OptimizerConfig]:
    """Return the optimizers, Adam first, to which the others are compared."""
    rank = {"adam": 0, "amsgrad": 1, "momentum": 2, "sgd": 3}
    return sorted(comparison.lines, key=lambda optimizer: (rank[method_of(optimizer)], optimizer.learning_rate))


def short_title(optimizer: OptimizerConfig) -> str:
    """Return the name of an optimizer's method."""
    return METHODS[method_of(optimizer)].title


def _titles(
    comparison: OptimizerComparison, title: Callable[[OptimizerConfig], str] = title_of
) -> dict[OptimizerConfig, str]:
    """Return the titles of the optimizers in their order; no two are equal."""
    titles = titles_of(comparison.lines, title)
    return {optimizer: titles[optimizer] for optimizer in _ordered(comparison)}


def _show_shared(comparison: OptimizerComparison) -> None:
    """Say what the runs have in common, what differs, and what runs of the same seed show; offer their curves."""
    shared, origin = comparison.shared, next(iter(next(iter(comparison.lines.values())).values())).provenance
    seeds, schedule = ", ".join(map(str, comparison.seeds)), shared.optimizer.schedule.replace("_", "-")
    titles = _titles(comparison, long_title_of)
    st.markdown(
        f"""**Equal** (seed{"s" if len(comparison.seeds) > 1 else ""} {seeds})
- images: {origin.n_train:,} of {shared.data.name} for training, {origin.n_validation:,} for validation
- network: {comparison.name}; {origin.parameters:,} parameters, and for each seed **the same initial weights**
- for each seed **the same batches of {shared.train.batch_size} in the same order**, {shared.train.epochs:,} epochs
- loss: {name_objective(shared.objective)}; learning-rate schedule: {schedule}

**Different**: the optimizer and its learning rate: {"; ".join(titles.values())}."""
    )
    first, *others = [
        {seed: read_epochs(line[seed].path)[-1].val_mse for seed in comparison.seeds}
        for line in (comparison.lines[optimizer] for optimizer in titles)
    ]
    paired = [
        (title, compare_means(other, first).paired) for title, other in zip(list(titles)[1:], others, strict=True)
    ]
    said = [
        f"{short_title(optimizer)} {with_minus(f'{ends[0]:.4f} to {ends[1]:.4f}')}"
        for optimizer, ends in paired
        if ends
    ]
    if said:
        st.markdown(
            f"**Pairs.** Each seed starts all optimizers alike, so one may also compare seed by seed. {CONFIDENCE:.0%} "
            f"interval of the mean difference from {short_title(next(iter(titles)))} after the last epoch: "
            f"{'; '.join(said)}."
        )
    offer_curves(
        {
            f"{title}, seed {seed}": comparison.lines[optimizer][seed].path
            for optimizer, title in titles.items()
            for seed in comparison.seeds
        },
        "optimizer-comparison-curves",
    )


@st.fragment
def _show_epochs(comparison: OptimizerComparison) -> None:
    """Play the errors over the epochs; the epoch that is shown is in the address."""
    lines: list[Line] = []
    titles = _titles(comparison, short_title)
    for optimizer, title in titles.items():
        errors = np.array(
            [
                [each.val_mse for each in read_epochs(comparison.lines[optimizer][seed].path)]
                for seed in comparison.seeds
            ]
        )
        gaps = gaps_by_epoch(errors, lines[0].errors) if lines else None
        lines.append(Line(title=title, method=method_of(optimizer), errors=errors, gaps=gaps))
    last = comparison.shared.train.epochs
    epoch = UrlState("epoch", lambda text: _epoch_of(text, last), default=last)

    def write() -> None:
        reported = numbers_of(_KEY, CHANGED)
        epoch.write(_epoch_of(f"{reported[0]:.0f}", last) if reported else None)

    question = ask_for_lowest(lines)
    if question:
        hide_answers(NAME)
    optimizer_epochs(
        lines, epoch.restore() or last, caveat(comparison, titles), question=question, key=_KEY, on_change=write
    )


def _epoch_of(text: str, last: int) -> int | None:
    number = parse_number(text)
    return number if number is not None and 1 <= number <= last else None


def _show_part(comparison: OptimizerComparison) -> None:
    """Let the visitor choose what to see of a comparison below its verdict, and show it."""
    _open_part_of_address()
    chosen = st.segmented_control(
        "Details", PARTS, default=RATES, required=True, key="part", bind="query-params", label_visibility="collapsed"
    )
    if chosen == STEPS:
        _show_layers(comparison)
        show_methods(list(dict.fromkeys(map(method_of, _titles(comparison)))), by_torch=True)
    elif chosen == PLANES:
        _show_planes(comparison)
    elif chosen == SETTINGS:
        _show_shared(comparison)
    else:
        show_rates(comparison, _titles(comparison, short_title))
    if len(comparison.seeds) == 1:
        st.caption(
            "One seed per optimizer gives no spread and no verdict. Five seeds of all four optimizers on the "
            f"digits take about {time_of_several()}; start them below."
        )


def _open_part_of_address() -> None:
    """Let addresses that were shared before there were parts open the one that they speak of."""
    rename_choices("part", _FORMER_PARTS)
    if "part" in st.session_state or "part" in st.query_params:
        return
    for part, names in ((STEPS, ("why",)), (PLANES, ("left", "right", "of", "aligned"))):
        if any(name in st.query_params for name in names):
            st.session_state["part"] = part
            return


@st.fragment
def _show_layers(comparison: OptimizerComparison) -> None:
    """Show how the steps differ, layer by layer: what multiplies a gradient, or what AMSGrad's maximum takes."""
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
    shown = _EFFECTIVE
    if any(method == "amsgrad" for method, _ in adaptive.values()):
        shown = str(
            st.segmented_control(
                "By layer",
                [_EFFECTIVE, _MAXIMUM],
                default=_EFFECTIVE,
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
