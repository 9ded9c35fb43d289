"""Where two optimizers of a comparison put the same images: their latent planes side by side, and what moved most."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.analysis.alignment import align
from aeviz.config import OptimizerConfig
from aeviz.figures.comparison import arrows
from aeviz.lab.optimizer_comparison import OptimizerComparison, moved_most
from aeviz.language import mark, tr, trc
from aeviz.web.kernel import projections
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import same_images
from aeviz.web.map.controls import MapOptions
from aeviz.web.map.view import show_map

ARROWS = 40
"""Images that get an arrow."""


def show_planes(comparison: OptimizerComparison, named: Mapping[OptimizerConfig, str]) -> None:
    """Show where two of the optimizers put the same images, and which moved most.

    Args:
        comparison: The runs.
        named: Its optimizers in their order, with their titles.
    """
    titles = {title: comparison.lines[optimizer] for optimizer, title in named.items()}
    names = list(titles)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        left = str(st.selectbox(trc("side", "Left"), names, key="left", bind="query-params", width=220))
        right = str(st.selectbox(trc("side", "Right"), names, index=1, key="right", bind="query-params", width=220))
        seed = int(
            st.selectbox(tr("Seed"), list(map(str, comparison.seeds)), key="of", bind="query-params", width=120) or 0
        )
        is_line = comparison.shared.model.latent_dim == 1
        is_aligned = not is_line and st.toggle(
            tr("Align (Procrustes)"),
            value=True,
            key="aligned",
            bind="query-params",
            help=tr("Rotates, mirrors, shifts and scales the right plane to bring equal images as close as possible."),
        )
    first, second = Model(titles[left][seed]), Model(titles[right][seed])
    if left == right:
        st.info(tr("Choose two different optimizers."), icon=":material/compare_arrows:")
        return
    if not (first.has_latents and second.has_latents and same_images(first, second)):
        st.info(tr("Their test images are not encoded yet."), icon=":material/hourglass_empty:")
        return
    show_map(first, second, MapOptions(dimensions=2, aligned=is_aligned, two_viewpoints=False))
    if is_line:
        st.caption(tr("A 1-D latent space is shown beside the error of each image; such planes cannot be aligned."))
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
    if alignment is None:
        head = mark("**The {count} images that moved most** from {first} to {second}, not aligned")
    else:
        head = mark("**The {count} images that moved most** from {first} to {second}, aligned")
    st.markdown(tr(head, count=ARROWS, first=first.name, second=second.name))
    show_figure(
        arrows(target, moved, chosen, None if table is None else table.labels, plane.axis_names),
        key="comparison-arrows",
        alt=tr("Arrows on the {count} images whose points moved most", count=ARROWS),
    )
    matched = (
        tr("A rotation, a reflection or another scale also moves points, and means nothing. Align to remove it.")
        if alignment is None
        else tr("{share:.0%} of the variance is matched.", share=alignment.explained)
    )
    moves = tr(
        "Half of the images moved less than {middle:.2f} times the spread of the plane, these {least:.2f} to "
        "{most:.2f} times.",
        middle=np.median(distance) / size,
        least=distance[chosen[-1]] / size,
        most=distance[chosen[0]] / size,
    )
    st.caption(f"{matched} {moves}")
