"""A fair comparison of optimizers on a network: errors over the epochs, learning rates, steps, latent planes."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import layer_curves
from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.optimizer_comparison import (
    CONFIDENCE,
    OptimizerComparison,
    compare_means,
    layer_titles,
    long_title_of,
    method_of,
    names_of,
    title_of,
    titles_of,
)
from aeviz.lab.optimizer_epochs import gaps_by_epoch
from aeviz.language import ENGLISH, in_language, mark, number, tr, trn
from aeviz.training.moments import Moments, read_moments
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.optimizer_epochs.component import Line, optimizer_epochs
from aeviz.web.kernel.asking import hide_answers, kept_back
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.history import offer_curves, read_epochs
from aeviz.web.kernel.models import list_models
from aeviz.web.kernel.text import name_objective, with_minus
from aeviz.web.kernel.url import UrlState, parse_number, rename_choices
from aeviz.web.optimizers import cached
from aeviz.web.optimizers.comparison_planes import show_planes
from aeviz.web.optimizers.comparison_question import NAME, ask_for_lowest
from aeviz.web.optimizers.comparison_start import show_start, take_ended, time_of_several
from aeviz.web.optimizers.methods import show_methods
from aeviz.web.optimizers.rates import caveat, show_rates

RATES, STEPS, PLANES, SETTINGS = PARTS = (
    mark("learning rates"),
    mark("step sizes"),
    mark("latent planes"),
    mark("settings"),
)
"""What there is to see of a comparison below its verdict."""
_FORMER_PARTS = {"why they differ": STEPS, "numbers": SETTINGS, "curves": RATES}
_KEY = "optimizer-epochs"
_EFFECTIVE, _MAXIMUM = mark("effective step size"), mark("maximum of second moments")
"""The quantities that are drawn layer by layer."""


def show_comparison() -> None:
    """Show a comparison among the finished runs, and how to start another."""
    found = cached.comparisons(list_models())
    with in_language(ENGLISH):  # what the address has
        names = dict(zip(names_of(found, [_question(comparison) for comparison in found]), found, strict=True))
        former = names_of(found, [f"{comparison.name}: {_who(comparison)}" for comparison in found])
    if names:
        rename_choices("comparison", dict(zip(former, names, strict=True)))
        ended = take_ended()  # which the visitor who started it wants to see
        for name in [name for name, comparison in names.items() if ended & _runs(comparison)][:1]:
            st.session_state["comparison"] = name
        chosen = choose(
            st.selectbox,
            tr("Comparison"),
            list(names),
            key="comparison",
            shown=dict(zip(names, names_of(found, [_question(each) for each in found]), strict=True)).__getitem__,
            label_visibility="collapsed",
            help=tr("Finished runs that differ only in optimizer and seed."),
        )
        comparison = names.get(str(chosen), found[0])
        _show_epochs(comparison)
        with kept_back(len(comparison.seeds) > 1, NAME):  # which shows errors at the end
            _show_part(comparison)
    else:
        st.info(tr("No finished runs differ only in the optimizer yet. Start some below."), icon=":material/balance:")
    show_start(is_first=not names)


def _runs(comparison: OptimizerComparison) -> set[str]:
    return {folder.name for line in comparison.lines.values() for folder in line.values()}


def _who(comparison: OptimizerComparison) -> str:
    titles = ", ".join(_titles(comparison).values())
    return f"{titles}; {_seeds(comparison)}"


def _seeds(comparison: OptimizerComparison) -> str:
    return trn("{count} seed each", "{count} seeds each", len(comparison.seeds))


def _question(comparison: OptimizerComparison) -> str:
    """Return what a comparison asks, as a title."""
    *most, last = _titles(comparison, short_title).values()
    model = comparison.shared.model
    message = (
        mark("{most} or {last}? {seeds}: a {size}-D VAE of {data}, {epochs} epochs")
        if model.is_variational
        else mark("{most} or {last}? {seeds}: a {size}-D autoencoder of {data}, {epochs} epochs")
    )
    return tr(
        message,
        most=", ".join(most),
        last=last,
        size=model.latent_dim,
        data=comparison.shared.data.name,
        epochs=str(comparison.shared.train.epochs),
        seeds=_seeds(comparison),
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
    equal = (
        tr("**Equal** (seeds {seeds})", seeds=seeds)
        if len(comparison.seeds) > 1
        else tr("**Equal** (seed {seed})", seed=seeds)
    )
    points = [
        tr(
            "images: {train:,} of {data} for training, {validation:,} for validation",
            train=origin.n_train,
            data=shared.data.name,
            validation=origin.n_validation,
        ),
        tr(
            "network: {name}; {count:,} parameters, and for each seed **the same initial weights**",
            name=comparison.name,
            count=origin.parameters,
        ),
        tr(
            "for each seed **the same batches of {size} in the same order**, {epochs:,} epochs",
            size=str(shared.train.batch_size),
            epochs=shared.train.epochs,
        ),
        tr(
            "loss: {loss}; learning-rate schedule: {schedule}",
            loss=name_objective(shared.objective),
            schedule=schedule,
        ),
    ]
    different = tr("**Different**: the optimizer and its learning rate: {titles}.", titles="; ".join(titles.values()))
    st.markdown("\n".join([equal, *(f"- {point}" for point in points), "", different]))
    first, *others = [
        {seed: read_epochs(line[seed].path)[-1].val_mse for seed in comparison.seeds}
        for line in (comparison.lines[optimizer] for optimizer in titles)
    ]
    paired = [
        (title, compare_means(other, first).paired) for title, other in zip(list(titles)[1:], others, strict=True)
    ]
    said = [
        tr(
            "{title} {low} to {high}",
            title=short_title(optimizer),
            low=with_minus(number(ends[0], ".4f")),
            high=with_minus(number(ends[1], ".4f")),
        )
        for optimizer, ends in paired
        if ends
    ]
    if said:
        st.markdown(
            tr(
                "**Pairs.** Each seed starts all optimizers alike, so one may also compare seed by seed. "
                "{confidence:.0%} interval of the mean difference from {first} after the last epoch: {differences}.",
                confidence=CONFIDENCE,
                first=short_title(next(iter(titles))),
                differences="; ".join(said),
            )
        )
    offer_curves(
        {
            tr("{title}, seed {seed}", title=title, seed=seed): comparison.lines[optimizer][seed].path
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
    epoch = parse_number(text)
    return epoch if epoch is not None and 1 <= epoch <= last else None


def _show_part(comparison: OptimizerComparison) -> None:
    """Let the visitor choose what to see of a comparison below its verdict, and show it."""
    _open_part_of_address()
    chosen = choose(
        st.segmented_control,
        tr("Details"),
        PARTS,
        default=RATES,
        required=True,
        key="part",
        label_visibility="collapsed",
    )
    if chosen == STEPS:
        _show_layers(comparison)
        show_methods(list(dict.fromkeys(map(method_of, _titles(comparison)))), by_torch=True)
    elif chosen == PLANES:
        show_planes(comparison, _titles(comparison))
    elif chosen == SETTINGS:
        _show_shared(comparison)
    else:
        show_rates(comparison, _titles(comparison, short_title))
    if len(comparison.seeds) == 1:
        st.caption(
            tr(
                "One seed per optimizer gives no spread and no verdict. Five seeds of all four optimizers on the "
                "digits take about {time}; start them below.",
                time=time_of_several(),
            )
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
        st.info(tr("These runs recorded no step sizes."), icon=":material/info:")
        return
    weights = dict.fromkeys(name for _, moments in recorded.values() for name in moments[-1].effective)
    layers = layer_titles(comparison.shared.model, weights)
    adaptive = {title: pair for title, pair in recorded.items() if pair[0] in ("adam", "amsgrad")}
    shown = _EFFECTIVE
    if any(method == "amsgrad" for method, _ in adaptive.values()):
        shown = str(
            choose(
                st.segmented_control,
                tr("By layer"),
                [_EFFECTIVE, _MAXIMUM],
                default=_EFFECTIVE,
                required=True,
                key="why",
                help=tr(
                    "The effective step size, alpha / sqrt(V), multiplies the first moment. AMSGrad's V is the largest "
                    "second moment so far."
                ),
            )
        )
    if shown == _MAXIMUM:
        st.markdown(
            tr(
                "**Root of the largest second moment so far, divided by that of the current one**: median over the "
                "weights of a layer, seed {seed}. AMSGrad's steps are shorter than Adam's by this factor after the "
                "same gradients. Adam keeps no maximum, so its factor is 1.",
                seed=seed,
            )
        )
        show_figure(
            layer_curves(adaptive, layers, "held"),
            key="comparison-held",
            alt=tr("Largest second moment over the present one, by layer over the epochs"),
        )
    else:
        st.markdown(tr("**Effective step size by layer**: median over its weights, seed {seed}", seed=seed))
        show_figure(
            layer_curves(recorded, layers, "effective"),
            key="comparison-layers",
            alt=tr("Effective step size of each layer over the epochs"),
        )
    st.markdown(" ".join(_explain_steps(title, *pair, layers) for title, pair in recorded.items()))


def _explain_steps(title: str, method: MethodName, recorded: list[Moments], layers: Mapping[str, str]) -> str:
    """Describe an optimizer's step sizes after the last epoch."""
    last = recorded[-1]
    if method in ("sgd", "momentum"):
        return tr("**{title}** has the same step size in every layer.", title=title)
    least, most = (extreme(last.effective, key=last.effective.__getitem__) for extreme in (min, max))
    text = tr(
        "**{title}** multiplies by {least} in one layer ({here}) and by {most} in another ({there})",
        title=title,
        least=_round(last.effective[least]),
        here=layers[least],
        most=_round(last.effective[most]),
        there=layers[most],
    )
    if method == "adam":
        return tr(
            "{text}: less where gradients are large, more where they are small, and it can rise and fall.", text=text
        )
    short, long = min(last.held.values()), max(last.held.values())
    return tr(
        "{text}. Its divisor is {short:.2g} to {long:.2g} times Adam's after the same gradients, so its steps are "
        "shorter by that factor.",
        text=text,
        short=short,
        long=long,
    )


def _round(value: float) -> str:
    """Return a positive number with two significant digits, thousands without an exponent."""
    return number(float(f"{value:.2g}"), ",g")
