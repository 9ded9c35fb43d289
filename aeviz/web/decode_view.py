"""Sliders over a latent space, the decoded image, and the mesh of a plane."""

import numpy as np
import streamlit as st

from aeviz.figures.plane import plane_svg
from aeviz.training.runs import RunFolder
from aeviz.web import cache
from aeviz.web.decode_parts import (
    MESH_SIDE,
    TILE_PX,
    can_pick_image,
    is_photo,
    is_wide,
    random_image_point,
    show_distance,
    show_image,
)
from aeviz.web.decode_point import settle
from aeviz.web.decode_wide import show_wide_decoder
from aeviz.web.page import errors_as_messages


def _key(run: RunFolder, dimension: int) -> str:
    return f"{run.name}.z{dimension + 1}"


def show_decoder(run: RunFolder) -> None:
    """Show sliders, the image at the point they stand for, and images around it, as suits the number of dimensions."""
    if is_wide(run):
        settle(run)
        show_wide_decoder(run)
    else:
        _show_narrow_decoder(run)


@st.fragment
def _show_narrow_decoder(run: RunFolder) -> None:
    """Show sliders, image and mesh; they update together, without a rerun of the page."""
    with errors_as_messages():
        key = cache.run_key(run)
        ranges, (order, middle) = cache.slider_ranges(key), cache.order_and_middle(key)
        controls, picture, plane = st.columns([3, 3, 5], gap="medium")
        with controls:
            point = _sliders(run, middle, ranges)
        with picture:
            show_image(run, point)
            show_distance(run, point)
        with plane:
            _mesh(run, key, point, ranges, order)


def _sliders(run: RunFolder, middle: np.ndarray, ranges: np.ndarray) -> np.ndarray:
    """Show a slider for each dimension; return the point they stand for, (D,)."""
    if can_pick_image(run):
        st.button(
            "A random image's point",
            icon=":material/casino:",
            on_click=_jump_to_image,
            args=(run, ranges),
            help="Moves the sliders to where a random test image lies.",
        )
    st.button("Back to the middle", icon=":material/restart_alt:", on_click=_jump_to, args=(run, middle, ranges))
    point = middle.copy()
    for dimension in range(len(middle)):
        low, high = (float(bound) for bound in ranges[dimension])
        step = float(f"{(high - low) / 200:.1g}")
        point[dimension] = st.slider(
            f"z{dimension + 1}",
            min_value=low,
            max_value=high,
            value=float(np.clip(middle[dimension], low, high)),
            step=step,
            key=_key(run, dimension),
            bind="query-params",
            help=f"Latent coordinate {dimension + 1}, from {low:.2f} to {high:.2f} (quantiles of the encoded images).",
        )
    return point


def _jump_to_image(run: RunFolder, ranges: np.ndarray) -> None:
    with errors_as_messages(stop=False):
        point = random_image_point(run)
        if point is not None:
            _jump_to(run, point, ranges)


def _jump_to(run: RunFolder, point: np.ndarray, ranges: np.ndarray) -> None:
    for dimension, (low, high) in enumerate(ranges):
        st.session_state[_key(run, dimension)] = float(np.clip(point[dimension], low, high))


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
        smooth=is_photo(run),
    )
    text = f"{MESH_SIDE} by {MESH_SIDE} images decoded over the plane of z{axes[0] + 1} and z{axes[1] + 1}"
    st.image(drawing, width="stretch", alt=text)
