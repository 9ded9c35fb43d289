"""A map of models: a hundred seeds of each of two optimizers, near each other where their latent planes are alike."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from aeviz.figures.seed_atlas import agreement_bars, model_map
from aeviz.lab.adaptive import METHODS
from aeviz.lab.seed_atlas import (
    OPTIMIZERS,
    PERMUTATIONS,
    Comparison,
    SeedAtlas,
    classical_scaling,
    compare_residuals,
    procrustes_residuals,
    read_atlas,
)
from aeviz.language import current_language, mark, number, tr
from aeviz.web.components.run_planes.component import run_planes
from aeviz.web.components.run_planes.payload import RunPlane, run_planes_payload
from aeviz.web.kernel.asking import answer, hide_answers
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.optimizers.atlas_question import NAME, SIGNIFICANT, agreements, ask_for_most_similar

_CHART = "model-map"
_TITLES = tuple(METHODS[name].title for name in OPTIMIZERS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Map:
    """What the section shows."""

    atlas: SeedAtlas
    points: np.ndarray
    share: float
    comparison: Comparison
    agreements: np.ndarray
    """Share of variance in which two planes agree, (2 S, 2 S), in [0, 1]."""


@shared(max_entries=1)
def _read() -> _Map:
    """Return the atlas that ships with all that follows from it."""
    atlas = read_atlas()
    residuals = procrustes_residuals(atlas.planes)
    points, share = classical_scaling(np.sqrt(residuals))
    return _Map(
        atlas=atlas, points=points, share=share, comparison=compare_residuals(residuals), agreements=1 - residuals
    )


@shared(max_entries=2)
def _planes_in(language: str) -> bytes:
    """Return the latent planes as the page gets them, with their texts in the current language, which is the key."""
    found = _read()
    atlas = found.atlas
    matters = found.comparison.p_value < SIGNIFICANT
    seeds = atlas.seeds
    names = tuple(str(label) for label in range(int(atlas.labels.max()) + 1))
    adam = np.arange(seeds)
    beside = [[None] * seeds, *found.agreements[adam, [adam + seeds, np.roll(adam, -1)]].tolist()]
    runs = [
        RunPlane(
            group=group,
            seed=str(seed),
            epochs=[atlas.epochs],
            planes=[plane],
            labels=atlas.labels,
            class_names=names,
            agreement=beside[group][seed],
        )
        for group, planes in enumerate([*np.split(atlas.planes, 2), np.roll(atlas.planes[:seeds], -1, axis=0)])
        for seed, plane in enumerate(planes)
    ]
    note = tr(
        "A point is a test image, coloured by its digit. A seed fixes the initial weights and the batches: the first "
        "two networks share it, the third has the next one. Each plane is turned and scaled to fit that of one run."
    )
    return run_planes_payload(
        (*_TITLES, tr("{title}, another seed", title=_TITLES[0])),
        runs,
        charts=(_CHART,),
        seed="0",
        linked=2,
        slider=True,
        note=note,
        question=ask_for_most_similar(agreements(found.comparison), matters=matters),
    )


@st.fragment
def show_atlas() -> None:
    """Show the planes of a seed, ask how alike planes are, answer it once some are played; and the map of all runs."""
    with errors_as_messages():
        found = _read()
        hide_answers(NAME)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            run_planes(_planes_in(current_language()), key="atlas-planes")
            with answer(NAME):
                show_figure(
                    agreement_bars(agreements(found.comparison)),
                    key="atlas-agreement",
                    alt=tr("Median share of variance in which the planes of two runs agree, by what the runs share"),
                )
                st.caption(judge(found.comparison))
        with right:
            st.markdown(tr("**Map of all {count} runs.** Point at one to see its planes.", count=len(found.points)))
            show_figure(
                model_map(found.points, OPTIMIZERS, found.atlas.losses),
                key=_CHART,
                alt=tr(
                    "A point for each of {count} runs of {one} and {other}",
                    count=len(found.points),
                    one=_TITLES[0],
                    other=_TITLES[1],
                ),
            )
            st.caption(
                tr(
                    "A point is a run: one network, trained with one optimizer and one seed. The line joins the "
                    "two runs of the seed that is shown. The map keeps only {share:.0%} of how the runs differ: its "
                    "distances are rough. Compare the planes themselves.",
                    share=found.share,
                )
            )
        with st.expander(tr("How the map is made")):
            st.markdown(_explain(found))


def judge(found: Comparison) -> str:
    """Say whether an effect of the optimizer is shown, and how likely chance alone is to bring about the like."""
    matters = found.p_value < SIGNIFICANT
    effect = tr("The optimizer has an effect") if matters else tr("No effect of the optimizer is shown")
    share = max(1, round(100 * found.p_value))
    message = (
        mark(
            "{effect}: if it did nothing, so large a difference would still come by chance in about {share} of 100 "
            "such comparisons (p = {p:.2g})."
        )
        if 100 * found.p_value >= 1
        else mark(
            "{effect}: if it did nothing, so large a difference would still come by chance in fewer than {share} of "
            "100 such comparisons (p = {p:.2g})."
        )
    )
    return tr(message, effect=effect, share=share, p=found.p_value)


def _explain(found: _Map) -> str:
    atlas = found.atlas
    parts = [
        tr(
            "Each run is the network of *quick-look*, trained for {epochs} epochs on the 8x8 digits: {seeds} seeds of "
            "each optimizer, all at once. The two runs of a seed share initial weights and batches.",
            epochs=atlas.epochs,
            seeds=atlas.seeds,
        ),
        tr(
            "**Distance.** Two planes are compared by the same {count} test images. The Procrustes residual is the "
            "share of the variance that the best similarity (shift, turn, reflection, scale) leaves: 0 % if the planes "
            "are equal up to it, at most 100 %. Its root is the distance of two runs (Dryden and Mardia 2016, 4.2.1).",
            count=len(atlas.labels),
        ),
        tr(
            "**Map.** Classical multidimensional scaling (Torgerson 1952) places the runs so that distances on the map "
            "are near these. Its two axes hold {share:.0%} of the positive eigenvalues: the rest does not show.",
            share=found.share,
        ),
        tr(
            "**Test.** Mean between less mean within: {points} percentage points (p = {p:.2g}). If the optimizer made "
            "no difference, the two runs of a seed could be swapped. p is the share of {swaps:,} random swaps with a "
            "difference at least as large, the observed one counted in (Phipson and Smyth 2010). Pairs of one seed do "
            "not count, since they share a start. A small p says that an effect exists, not that it is large: compare "
            "it with the residuals.",
            points=number(100 * found.comparison.difference, ".2f").replace("-", "\N{MINUS SIGN}"),
            p=found.comparison.p_value,
            swaps=PERMUTATIONS,
        ),
        tr("This says something about this network and these images. `python -m tools.atlas` trains the runs again."),
    ]
    return "\n\n".join(parts)
