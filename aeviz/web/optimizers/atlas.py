"""A map of models: fifty seeds of each of two optimizers, near each other where their latent planes are alike."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from aeviz.figures.seed_atlas import model_map, residual_bars
from aeviz.lab.adaptive import METHODS
from aeviz.lab.seed_atlas import (
    OPTIMIZERS,
    PERMUTATIONS,
    Comparison,
    SeedAtlas,
    classical_scaling,
    compare_residuals,
    procrustes_residuals,
    quartiles,
    read_atlas,
)
from aeviz.web.components.run_planes.component import run_planes
from aeviz.web.components.run_planes.payload import RunPlane, run_planes_payload
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.page import errors_as_messages

SIGNIFICANT = 0.05
_CHART = "model-map"
_TITLES = tuple(METHODS[name].title for name in OPTIMIZERS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Map:
    """What the section shows."""

    atlas: SeedAtlas
    points: np.ndarray
    share: float
    comparison: Comparison
    planes: bytes


@shared(max_entries=1)
def _read() -> _Map:
    """Return the atlas that ships with all that follows from it."""
    atlas = read_atlas()
    residuals = procrustes_residuals(atlas.planes)
    points, share = classical_scaling(np.sqrt(residuals))
    seeds = atlas.seeds
    names = tuple(str(label) for label in range(int(atlas.labels.max()) + 1))
    runs = [
        RunPlane(
            group=group,
            seed=str(seed),
            epochs=[atlas.epochs],
            planes=[plane],
            labels=atlas.labels,
            class_names=names,
        )
        for group, planes in enumerate([*np.split(atlas.planes, 2), np.roll(atlas.planes[:seeds], -1, axis=0)])
        for seed, plane in enumerate(planes)
    ]
    note = (
        "A point is a test image, coloured by its digit. A seed fixes the initial weights and the batches: the first "
        "two networks share it, the third has the next one. Each plane is turned and scaled to fit that of one run."
    )
    return _Map(
        atlas=atlas,
        points=points,
        share=share,
        comparison=compare_residuals(residuals),
        planes=run_planes_payload(
            (*_TITLES, f"{_TITLES[0]}, another seed"),
            runs,
            charts=(_CHART,),
            seed="0",
            linked=2,
            slider=True,
            note=note,
        ),
    )


@st.fragment
def show_atlas() -> None:
    """Show the planes of a seed, ask how alike planes are, answer after a guess; and the map of all runs below."""
    with errors_as_messages():
        found = _read()
        groups = dict(_groups(found.comparison))
        guess = st.radio(
            "**Predict:** which two networks have the most similar latent planes? Press *Play* and look.",
            list(groups),
            index=None,
            key="alike",
            horizontal=True,
        )
        run_planes(found.planes, key="atlas-planes")
        if guess in groups:
            said, drawn = st.columns(2, gap="medium")
            with said:
                st.markdown(headline(found.comparison, str(guess)))
            with drawn:
                show_figure(
                    residual_bars(list(groups.items())),
                    key="atlas-residuals",
                    alt="Median of what is left between the planes of two runs, by what the runs share",
                )
        st.markdown(f"**Map of all {len(found.points)} runs.** Point at one to see its planes above.")
        left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
        with left:
            show_figure(
                model_map(found.points, OPTIMIZERS, found.atlas.losses),
                key=_CHART,
                alt=f"A point for each of {len(found.points)} runs of {' and '.join(_TITLES)}",
            )
        with right:
            st.caption(
                "A point is a run: one network, trained with one optimizer and one seed. The grey line joins the two "
                f"runs of the seed that is shown. The map keeps {found.share:.0%} of how the runs differ, so it "
                "distorts distances: a long line does not show that two planes differ. Compare the planes themselves."
            )
        with st.expander("How the map is made"):
            st.markdown(_explain(found))


def headline(found: Comparison, guess: str) -> str:
    """Return whether a guess at the most alike group is right, and what the residuals say, Markdown."""
    medians = {title: quartiles(values)[1] for title, values in _groups(found)}
    best = min(medians, key=lambda title: medians[title])
    verdict = "Right" if guess == best else "No"
    matters = found.p_value < SIGNIFICANT
    effect = "The optimizer has an effect" if matters else "No effect of the optimizer is shown"
    share = max(1, round(100 * found.p_value))
    count = f"{'about' if 100 * found.p_value >= 1 else 'fewer than'} {share} of 100 such comparisons"
    return (
        f"**{verdict}: {best} leave least, {medians[best]:.0%} of the variance.** The bars show what is left after the "
        f"best shift, turn, reflection and scale (median).\n\nDo two seeds differ more with unlike optimizers "
        f"than with one? {effect}: if it did nothing, so large a difference would still come by chance in {count} "
        f"(p = {found.p_value:.2g})."
    )


def _groups(found: Comparison) -> list[tuple[str, np.ndarray]]:
    return [
        *((f"two {title} seeds", values) for title, values in zip(_TITLES, found.within, strict=True)),
        (f"{_TITLES[0]} and {_TITLES[1]}, two seeds", found.between),
        (f"{_TITLES[0]} and {_TITLES[1]}, one seed", found.same_seed),
    ]


def _explain(found: _Map) -> str:
    atlas = found.atlas
    points = f"{100 * found.comparison.difference:.2f}".replace("-", "\N{MINUS SIGN}")
    return (
        f"Each run is the network of *quick-look*, trained for {atlas.epochs} epochs on the 8x8 digits: "
        f"{atlas.seeds} seeds of each optimizer, all at once. The two runs of a seed share initial weights and "
        f"batches.\n\n"
        f"**Distance.** Two planes are compared by the same {len(atlas.labels)} test images. The Procrustes residual "
        "is the share of the variance that the best similarity (shift, turn, reflection, scale) leaves: 0 % if the "
        "planes are equal up to it, at most 100 %. Its root is the distance of two runs (Dryden and Mardia 2016, "
        "4.2.1).\n\n"
        "**Map.** Classical multidimensional scaling (Torgerson 1952) places the runs so that distances on the map are "
        f"near these. Its two axes hold {found.share:.0%} of the positive eigenvalues: the rest does not show.\n\n"
        f"**Test.** Mean between less mean within: {points} percentage points (p = {found.comparison.p_value:.2g}). "
        "If the optimizer made no difference, the two runs of a seed could be swapped. p is the share of "
        f"{PERMUTATIONS:,} random swaps with a difference at least as large, the observed one counted in (Phipson and "
        "Smyth 2010). Pairs of one seed do not count, since they share a start. A small p says that an effect exists, "
        "not that it is large: compare it with the residuals.\n\n"
        "This says something about this network and these images. `python -m tools.atlas` trains the runs again."
    )
