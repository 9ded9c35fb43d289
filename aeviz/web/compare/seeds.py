"""The optimizers that ship with five seeds each: curves of the seeds, a verdict, latent planes and settings."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import Curve, comparison_curves, seed_points
from aeviz.lab.adaptive import METHODS
from aeviz.lab.optimizer_comparison import (
    CONFIDENCE,
    OptimizerComparison,
    compare_means,
    gather,
    long_title_of,
    method_of,
    own_settings,
    titles_of,
)
from aeviz.language import mark, number, tr
from aeviz.training.history import EpochReport
from aeviz.training.runs import compared_root, list_compared
from aeviz.web.compare.planes import plane_of
from aeviz.web.components.run_planes.component import read_seed, run_planes
from aeviz.web.components.run_planes.payload import run_planes_payload
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.history import offer_curves, read_epochs
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import decimals_for, differ, escape, name_objective
from aeviz.web.kernel.url import UrlState

WHAT = "what"
"""URL parameter: single runs, or the optimizers with several seeds each."""
NAMED = "runs"
"""URL parameter of the single runs."""
_KEY = "seed-planes"
_SEED = UrlState("planes", parse=lambda text: text if text.isascii() and text.isdecimal() else None)
"""URL parameter: the seed whose latent planes are shown."""
CURVES_PX = 440
"""Height of the curves: that of verdict and points beside them."""
RUNS, SEEDS = mark("single runs"), mark("optimizers over seeds")
_SETTING_NAMES = (mark("learning rate"), mark("momentum"))
"""Settings of optimizers in words that other languages have."""


def is_by_seeds() -> bool:
    """Let the visitor choose between optimizers over several seeds, where such runs ship, and single runs.

    An address that names runs, and says nothing else, opens the single runs.
    """
    if not _shipped():
        return False
    if NAMED in st.query_params and WHAT not in st.query_params and WHAT not in st.session_state:
        st.query_params[WHAT] = RUNS
        st.rerun()
    chosen = choose(
        st.segmented_control,
        tr("Compare"),
        [SEEDS, RUNS],
        default=SEEDS,
        required=True,
        key=WHAT,
        label_visibility="collapsed",
    )
    return str(chosen) == SEEDS


def show_seeds() -> None:
    """Show what the optimizers reach over their seeds: curves, verdict, latent planes, settings."""
    comparison = _shipped()[0]
    titles = titles_of(comparison.lines, long_title_of)
    histories = {
        optimizer: {seed: read_epochs(comparison.lines[optimizer][seed].path) for seed in comparison.seeds}
        for optimizer in titles
    }
    errors = {
        optimizer: {seed: history[-1].val_mse for seed, history in by_seed.items()}
        for optimizer, by_seed in histories.items()
    }
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_curves(comparison, titles, histories)
    with right:
        _show_verdict(errors)
    _show_planes(comparison, titles)
    _show_settings(comparison, errors)
    offer_curves(
        {
            f"{title}, seed {seed}": comparison.lines[optimizer][seed].path
            for optimizer, title in titles.items()
            for seed in comparison.seeds
        },
        "curves-of-seeds",
    )


def _show_curves(
    comparison: OptimizerComparison,
    titles: Mapping[OptimizerConfig, str],
    histories: Mapping[OptimizerConfig, Mapping[int, Sequence[EpochReport]]],
) -> None:
    figure = comparison_curves(
        [
            Curve(
                title=titles[optimizer],
                method=method_of(optimizer),
                losses=np.array([[report.val_loss for report in history] for history in by_seed.values()]),
            )
            for optimizer, by_seed in histories.items()
        ],
        tr("validation loss ({objective})", objective=name_objective(comparison.shared.objective)),
        1,
    )
    show_figure(
        figure.update_layout(height=CURVES_PX),
        key="compare-seeds",
        alt=tr(
            "Validation loss over the epochs, of each seed and their mean, of {names}", names=", ".join(titles.values())
        ),
    )
    st.caption(
        tr(
            "Thin lines are single seeds, thick lines their means. *More than the seeds explain*: Welch's "
            "{confidence:.0%} confidence interval of the difference excludes 0. Optimizers are compared as they were "
            "set.",
            confidence=CONFIDENCE,
        )
    )


def _show_verdict(errors: Mapping[OptimizerConfig, Mapping[int, float]]) -> None:
    """Say which optimizer has the lowest error, and of each other one whether its distance exceeds that of seeds.

    Args:
        errors: Error by seed of each optimizer, two seeds or more.
    """
    titles = titles_of(errors, lambda optimizer: METHODS[method_of(optimizer)].title)
    means = {optimizer: float(np.mean(list(values.values()))) for optimizer, values in errors.items()}
    best, *others = sorted(errors, key=means.__getitem__)
    gaps = {other: compare_means(errors[other], errors[best]) for other in others}
    decimals = decimals_for([means[best], *(means[other] for other in others if gaps[other].is_shown)])
    close = [titles[other] for other in others if not gaps[other].is_shown]
    lowest, lines = number(means[best], f".{decimals}f"), []
    if close:
        lines.append(
            tr(
                "**No difference beyond the seeds between {best} and {others}.**",
                best=titles[best],
                others=tr(" or ").join(close),
            )
        )
    lines.append(
        tr(
            "{best} has the lowest mean validation error (MSE) after the last epoch: {error}.",
            best=titles[best],
            error=lowest,
        )
    )
    for other, found in gaps.items():
        verdict = tr("more than the seeds explain") if found.is_shown else tr("no more than the seeds may explain")
        spread = max(errors[other].values()) - min(errors[other].values())
        lines.append(
            tr(
                "{other} minus {best}: {error} \N{MINUS SIGN} {lowest} = {difference}, **{verdict}**. Largest "
                "difference between two {other} seeds: {spread}.",
                other=titles[other],
                best=titles[best],
                error=number(means[other], f".{decimals}f"),
                lowest=lowest,
                difference=differ(means[other], means[best], decimals),
                verdict=verdict,
                spread=number(spread, f".{decimals}f"),
            )
        )
    st.info("\n\n".join(lines), icon=":material/balance:")
    show_figure(
        seed_points(
            [
                (titles[optimizer], method_of(optimizer), np.array(list(errors[optimizer].values())))
                for optimizer in titles
            ],
            tr("validation error (MSE) after the last epoch"),
        ),
        key="compare-seed-points",
        alt=tr("Validation error of each seed and their mean, of {names}", names=", ".join(titles.values())),
    )


@st.fragment
def _show_planes(comparison: OptimizerComparison, titles: Mapping[OptimizerConfig, str]) -> None:
    """Show the latent plane that each optimizer reached from the initial weights of one seed."""
    st.markdown(tr("**Latent planes.** Point at a run, its curve or its dot to see all three; a click keeps the seed."))
    runs = [
        run
        for place, optimizer in enumerate(titles)
        for seed in comparison.seeds
        if (run := plane_of(Model(comparison.lines[optimizer][seed]), place, str(seed))) is not None
    ]
    run_planes(
        run_planes_payload(
            [METHODS[method_of(optimizer)].title for optimizer in titles],
            runs,
            charts=("compare-seeds", "compare-seed-points"),
            seed=_SEED.restore() or str(comparison.seeds[0]),
            note=tr(
                "A point is a test image, coloured by its class. The networks of one seed started from the same "
                "weights. The planes are those after training: none were recorded during it."
            ),
        ),
        key=_KEY,
        on_seed=lambda: _SEED.write(read_seed(_KEY)),
    )


def _show_settings(comparison: OptimizerComparison, errors: Mapping[OptimizerConfig, Mapping[int, float]]) -> None:
    """Show what the optimizers were set to and reached, and what all runs share."""
    st.subheader(tr("Settings and results"))
    settings = {optimizer: own_settings(optimizer) for optimizer in errors}
    keys = list(dict.fromkeys(key for own in settings.values() for key in own))
    tested = {
        optimizer: [
            evaluation
            for seed in comparison.seeds
            if (evaluation := Model(comparison.lines[optimizer][seed]).evaluation) is not None
        ]
        for optimizer in errors
    }
    st.table(
        {
            tr("optimizer"): [METHODS[method_of(optimizer)].title for optimizer in errors],
            **{tr(key.replace("_", " ")): [own.get(key, tr("none")) for own in settings.values()] for key in keys},
            tr("seeds"): [str(len(values)) for values in errors.values()],
            tr("validation error (MSE)"): [_mean_and_deviation(list(values.values())) for values in errors.values()],
            tr("test error (MSE)"): [_mean_and_deviation([found.mse for found in tested[key]]) for key in errors],
        },
        border="horizontal",
        hide_index=True,
    )
    shared, origin = comparison.shared, next(iter(next(iter(comparison.lines.values())).values())).provenance
    st.caption(
        tr(
            "Errors: mean ± standard deviation over the seeds. The runs of one seed share initial weights and batches. "
            "All share the data ({data}: {training:,} training and {validation:,} validation images), the network "
            "({encoder}, {parameters:,} parameters, latent size {dimensions}), {epochs:,} epochs, batches of {batch} "
            "and the loss ({loss}). These runs ship with aeviz.",
            data=escape(shared.data.name),
            training=origin.n_train,
            validation=origin.n_validation,
            encoder=shared.model.encoder,
            parameters=origin.parameters,
            dimensions=shared.model.latent_dim,
            epochs=shared.train.epochs,
            batch=shared.train.batch_size,
            loss=name_objective(shared.objective),
        )
    )


def _mean_and_deviation(values: Sequence[float]) -> str:
    if not values:
        return tr("none")
    mean = number(float(np.mean(values)), ".5f")
    return f"{mean} ± {number(float(np.std(values, ddof=1)), '.5f')}" if len(values) > 1 else mean


def _shipped() -> list[OptimizerComparison]:
    return _shipped_in(str(compared_root()))


@shared(max_entries=1)
def _shipped_in(root: str) -> list[OptimizerComparison]:
    return gather(list_compared())
