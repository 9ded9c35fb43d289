"""Sliders over a latent space, the decoded image, and the mesh of a plane."""

import numpy as np
import streamlit as st

from aeviz.analysis.latent import data_distance
from aeviz.figures.pictures import tile, to_pixel_svg
from aeviz.figures.plane import plane_svg
from aeviz.training.runs import RunFolder
from aeviz.web import cache
from aeviz.web.page import errors_as_messages

FIRST_SLIDERS = 10
"""Sliders shown at once; a model with more dimensions offers the rest on request."""
TILE_PX = 64
"""Longest side in pixels of an image in the mesh."""
IMAGE_PX = 336
"""Width in pixels of the decoded image, which the page may stretch."""
MESH_SIDE = 10
"""Images along each side of the decoded plane (S1: a 10 x 10 mesh)."""


def _key(run: RunFolder, dimension: int) -> str:
    return f"{run.name}.z{dimension + 1}"


@st.fragment
def show_decoder(run: RunFolder) -> None:
    """Show sliders, image and mesh; they update together, without a rerun of the page."""
    with errors_as_messages():
        key = cache.run_key(run)
        table = cache.latents(key)
        if table is None:
            st.stop()
        ranges, (order, middle) = cache.slider_ranges(key), cache.order_and_middle(key)
        controls, picture, plane = st.columns([3, 3, 5], gap="medium")
        with controls:
            point = _sliders(run, middle, ranges, order)
        with picture:
            _decoded_image(run, key, table.z, point)
        with plane:
            _mesh(run, key, point, ranges, order)


def _sliders(run: RunFolder, middle: np.ndarray, ranges: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Show a slider for each dimension on offer; return the point they stand for, (D,)."""
    count = min(FIRST_SLIDERS, len(order))
    if len(order) > FIRST_SLIDERS and st.toggle(
        f"All {len(order)} dimensions", key="all", bind="query-params", help="They are sorted by falling variance."
    ):
        count = len(order)
    shown = order[:count] if len(order) > 3 else np.arange(len(order))
    st.button(
        "A random image's point",
        icon=":material/casino:",
        on_click=_jump_to_image,
        args=(run, [int(dimension) for dimension in shown], ranges),
        help="Moves the sliders shown to where a random test image lies.",
    )
    st.button("Back to the middle", icon=":material/restart_alt:", on_click=_reset, args=(run, middle, ranges, shown))
    point = middle.copy()
    for dimension in shown:
        low, high = (float(bound) for bound in ranges[dimension])
        step = float(f"{(high - low) / 200:.1g}")
        point[dimension] = st.slider(
            f"z{dimension + 1}",
            min_value=low,
            max_value=high,
            value=float(np.clip(middle[dimension], low, high)),
            step=step,
            key=_key(run, int(dimension)),
            bind="query-params",
            help=f"Latent coordinate {dimension + 1}, from {low:.2f} to {high:.2f} (quantiles of the test images).",
        )
    return point


def _jump_to_image(run: RunFolder, dimensions: list[int], ranges: np.ndarray) -> None:
    table = cache.latents(cache.run_key(run))
    if table is not None:
        index = int(np.random.default_rng().integers(len(table.z)))
        for dimension in dimensions:
            low, high = ranges[dimension]
            st.session_state[_key(run, dimension)] = float(np.clip(table.z[index, dimension], low, high))


def _reset(run: RunFolder, middle: np.ndarray, ranges: np.ndarray, dimensions: np.ndarray) -> None:
    for dimension in dimensions:
        low, high = ranges[dimension]
        st.session_state[_key(run, int(dimension))] = float(np.clip(middle[dimension], low, high))


def _decoded_image(run: RunFolder, key: cache.RunKey, z: np.ndarray, point: np.ndarray) -> None:
    image = cache.model(key).decode(point[None].astype(np.float32)).numpy()
    text = f"The image that {run.name} decodes at this point"
    st.image(to_pixel_svg(tile(image, 1), IMAGE_PX), width="stretch", alt=text)
    distance, limit = float(data_distance(point[None], z)[0]), cache.far_limit(key)
    if distance > limit:
        st.warning(
            f"Far from any data: {distance:.2f} to the 10th nearest image, usual is up to {limit:.2f}.",
            icon=":material/warning:",
        )
    else:
        st.caption(f"Among the data: {distance:.2f} to the 10th nearest image; usual is up to {limit:.2f}.")


def _pick_axis(label: str, dimensions: list[int], key: str) -> int:
    return st.selectbox(label, dimensions, key=key, format_func=lambda value: f"z{value + 1}", bind="query-params")


def _mesh(run: RunFolder, key: cache.RunKey, point: np.ndarray, ranges: np.ndarray, order: np.ndarray) -> None:
    """Show the plane of two dimensions as decoded images; the other dimensions stay at the point."""
    if len(order) < 2:
        st.caption("A plane needs two dimensions.")
        return
    axes = (0, 1)
    if len(order) > 2:
        names = [int(dimension) for dimension in order]
        across, up = st.columns(2)
        with across:
            first = _pick_axis("Across", names, key=f"{run.name}.across")
        with up:
            second = _pick_axis("Upwards", [dimension for dimension in names if dimension != first], f"{run.name}.up")
        axes = (first, second)
    rest = tuple(0.0 if dimension in axes else float(value) for dimension, value in enumerate(point))
    plane = cache.plane(key, axes, rest, MESH_SIDE, TILE_PX)
    drawing = plane_svg(
        plane.picture,
        (ranges[axes[0]].tolist(), ranges[axes[1]].tolist()),
        (f"z{axes[0] + 1}", f"z{axes[1] + 1}"),
        (float(point[axes[0]]), float(point[axes[1]])),
        MESH_SIDE,
        plane.far,
    )
    text = f"{MESH_SIDE} by {MESH_SIDE} images decoded over the plane of z{axes[0] + 1} and z{axes[1] + 1}"
    st.image(drawing, width="stretch", alt=text)
