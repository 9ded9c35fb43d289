"""Decode for a latent space of many dimensions: a choice of axes, sliders for the first of them, ways along each."""

import numpy as np
import streamlit as st

from aeviz.analysis.basis import Basis
from aeviz.analysis.generation import draw_noise, draw_points
from aeviz.figures.pictures import shrink, tile, to_small_uri
from aeviz.figures.plane import plane_svg
from aeviz.figures.traversal import rows_svg
from aeviz.training.runs import RunFolder
from aeviz.web import cache
from aeviz.web.decode_parts import (
    MESH_SIDE,
    TILE_PX,
    can_pick_image,
    is_photo,
    random_image_point,
    show_distance,
    show_image,
)
from aeviz.web.decode_point import can_redo, can_undo, jump, keep_address, move, point_of, redo, undo
from aeviz.web.page import errors_as_messages
from aeviz.web.pictures import decoded

DIMENSIONS, DIRECTIONS = "latent dimensions", "principal directions"
SLIDERS = 10
"""Sliders shown at once: a hundred take the browser a second."""
NUDGE = 0.5
"""Deviations that a press of a button moves."""
SAME = 0.005
"""Deviations by which a slider may differ from the point, which is rounded: not worth a new one."""
HALF_TENTH = 0.05
"""Deviations from rest that are shown as none."""
ROW = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
OVERVIEW = (-3.0, -1.5, 0.0, 1.5, 3.0)
"""Deviations from rest of the images along an axis, and of those in the overview."""
OVERVIEW_ROWS = 10
LARGE_PIXELS, LARGE_SIDE = 4096, 6
"""Values in an image above which the mesh has fewer of them: a hundred faces take half a second to decode."""
_TEMPERATURE = "temperature"


@st.fragment
def show_wide_decoder(run: RunFolder) -> None:
    """Show image, sliders, the way along one axis, a plane and an overview; they update without a rerun of the page."""
    with errors_as_messages():
        axes = _pick_axes()
        basis = cache.basis(cache.run_key(run), axes)
        point = point_of(run)
        picture, controls = st.columns([5, 8], gap="medium")
        with picture:
            show_image(run, point)
            show_distance(run, point)
            _jumps(run)
        with controls:
            _way(run, axes, basis, point)
            _sliders(run, axes, basis, point)
        plane, overview = st.columns(2, gap="medium")
        with plane:
            _plane(run, axes, basis, point)
        with overview:
            _overview(run, axes, basis)
        keep_address(run)


def _pick_axes() -> cache.AxesName:
    chosen = st.segmented_control(
        "Basis",
        [DIMENSIONS, DIRECTIONS],
        default=DIMENSIONS,
        required=True,
        key="basis",
        bind="query-params",
        help="Latent dimensions are the numbers the network itself computes, those first that tell most of an image: "
        "by KL divergence for a variational model, by variance for another. Principal directions mix them so that the "
        "first covers as much of the variance as one direction can. The point stays where it is.",
    )
    return "principal" if chosen == DIRECTIONS else "latent"


# Jumps


def _jumps(run: RunFolder) -> None:
    variational = run.config.model.is_variational
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Random",
            icon=":material/casino:",
            key="random",
            on_click=_jump_at_random,
            args=(run,),
            help=f"Draws a point from {'the prior' if variational else 'a Gaussian fitted to the encoded images'}.",
        )
        if can_pick_image(run):
            st.button(
                "An image's point",
                icon=":material/image:",
                key="image",
                on_click=_jump_to_image,
                args=(run,),
                help="Goes to where a random test image lies.",
            )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            key="reset",
            on_click=_jump_to_rest,
            args=(run,),
            help="Sets all coordinates to their resting values, the medians of the encoded images.",
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo",
            on_click=undo,
            args=(run,),
            disabled=not can_undo(run),
            help="Goes back to where the last jump began.",
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            key="redo",
            on_click=redo,
            args=(run,),
            disabled=not can_redo(run),
            help="Takes back the last undo.",
        )
    st.slider(
        "Temperature",
        min_value=0.1,
        max_value=2.0,
        value=1.0,
        step=0.05,
        key=_TEMPERATURE,
        bind="query-params",
        help="Multiplies the standard deviation of a random draw (no unit), 0.1 to 2, as on Generate.",
    )


def _jump_at_random(run: RunFolder) -> None:
    with errors_as_messages(stop=False):
        key, config, chance = cache.run_key(run), run.config.model, np.random.default_rng()
        if config.is_variational:
            label = int(chance.integers(config.classes)) if config.prior == "anchored" else None
            gaussian = cache.prior_gaussian(key, label)
        else:
            gaussian = cache.data_gaussian(key, None)
        noise = draw_noise(int(chance.integers(2**32)), 1, config.latent_dim)
        temperature = float(st.session_state.get(_TEMPERATURE) or 1.0)
        jump(run, draw_points([gaussian], np.zeros(1, dtype=np.int64), noise, temperature)[0])


def _jump_to_image(run: RunFolder) -> None:
    with errors_as_messages(stop=False):
        point = random_image_point(run)
        if point is not None:
            jump(run, point)


def _jump_to_rest(run: RunFolder) -> None:
    jump(run, cache.basis(cache.run_key(run), "latent").origin)


# Sliders


def _sliders(run: RunFolder, axes: cache.AxesName, basis: Basis, point: np.ndarray) -> None:
    count = len(basis.names)
    starts = range(0, count, SLIDERS)
    pages = [f"{start + 1} to {min(start + SLIDERS, count)}" for start in starts]
    page = _pick("Sliders", pages, "sliders", f"Which of the {count} have a slider; those that tell most come first.")
    first = starts[pages.index(page)]
    coordinates = basis.coordinates(point)
    columns = st.columns(2, gap="medium")
    for place, axis in enumerate(range(first, min(first + SLIDERS, count))):
        with columns[place // (SLIDERS // 2)]:
            _slider(run, axes, basis, axis, float(coordinates[axis]))


def _slider(run: RunFolder, axes: cache.AxesName, basis: Basis, axis: int, value: float) -> None:
    """Show a slider, which follows the point: it moves where the coordinate does, whatever moved it."""
    name, unit = basis.names[axis], float(basis.deviations[axis])
    key, start = _control(f"{run.name}.{name}", value, unit)
    low, high = basis.range_with(axis, start)
    st.slider(
        f"{name} · {basis.notes[axis]}",
        min_value=low,
        max_value=high,
        value=start,
        step=float(f"{(high - low) / 200:.1g}"),
        key=key,
        on_change=_move_to,
        args=(run, axes, axis, key),
        help=f"From {low:.2f} to {high:.2f}, at rest at {basis.rest[axis]:.2f}; one deviation is {unit:.2f}.",
    )


def _control(base: str, value: float, unit: float) -> tuple[str, float]:
    """Return the session key of a control of a coordinate and where it starts: anew when something else moved it.

    Setting the control instead would lose moves: a browser that has not heard of it yet sends the old value with the
    visitor's next action, as if the visitor had put the control back.
    """
    rounds, start, last = st.session_state.get(_known(base), (0, value, value))
    held = st.session_state.get(f"{base}~{rounds}")
    last = last if held is None else held
    if abs(last - value) > SAME * unit:
        rounds, start, last = rounds + 1, value, value
    st.session_state[_known(base)] = (rounds, start, last)
    return f"{base}~{rounds}", start


def _known(base: str) -> str:
    """Return the session key of what is known of a control: how often it began anew, where, and its last value."""
    return f"{base}.known"


def _move_to(run: RunFolder, axes: cache.AxesName, axis: int, key: str) -> None:
    """Move one coordinate to where a control is, and look along it.

    An emptied field moves nothing, nor does a control that a late message of the browser names although it is gone or
    has not changed.
    """
    value, base = st.session_state[key], key.rpartition("~")[0]
    rounds, start, last = st.session_state[_known(base)]
    if value is None or key != f"{base}~{rounds}" or value == last:
        return
    basis = cache.basis(cache.run_key(run), axes)
    move(run, basis.moved(point_of(run), axis, float(value)))
    st.session_state[_known(base)] = (rounds, start, value)
    st.session_state[_focus_key(run, axes)] = basis.names[axis]


# The way along one axis


def _way(run: RunFolder, axes: cache.AxesName, basis: Basis, point: np.ndarray) -> None:
    """Show what one axis does: seven images along it, with buttons that go there by half a deviation."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = _pick(
            "Along",
            list(basis.names),
            _focus_key(run, axes),
            "The one that the row of images and the number beside it move; touching a slider chooses it too.",
        )
        axis = basis.names.index(name)
        _nudge(run, axes, basis, axis, point)
        st.button(
            "Rest",
            icon=":material/restart_alt:",
            key="rest",
            on_click=_rest,
            args=(run, axes, axis),
            help="Sets this one back to its resting value and leaves the others.",
        )
    points = basis.along(point, axis, np.array(ROW))
    images = shrink(decoded(run, points), TILE_PX)
    value = float(basis.coordinates(point)[axis])
    place = (value - float(basis.rest[axis])) / float(basis.deviations[axis])
    drawing = rows_svg(
        to_small_uri(tile(images, len(ROW), gap=0)),
        images.shape[2] / images.shape[3],
        ROW,
        cache.mark_far(cache.run_key(run), points),
        place=place,
        smooth=is_photo(run),
    )
    text = f"Along {name}, {basis.notes[axis]}: {len(ROW)} images at -3 to +3 deviations from rest"
    st.image(drawing, width="stretch", alt=text)
    where = "at rest" if abs(place) < HALF_TENTH else f"{place:+.1f} deviations from rest"
    words = f"{name} is {where} (ring). Below the images: deviations from rest; crossed: far from the data."
    if axes == "latent" and run.config.model.latent == "sigmoid":
        words += " The encoder ends in a sigmoid, so that no image has a coordinate below 0 or above 1."
    st.caption(words)


def _nudge(run: RunFolder, axes: cache.AxesName, basis: Basis, axis: int, point: np.ndarray) -> None:
    """Offer the coordinate as a number with step buttons; unlike st.button they lose no press, however fast."""
    unit = float(basis.deviations[axis])
    value = float(basis.coordinates(point)[axis])
    key, start = _control(f"{run.name}.{basis.names[axis]}.number", value, unit)
    st.number_input(
        basis.names[axis],
        value=start,
        step=NUDGE * unit,
        format="%.2f",
        key=key,
        on_change=_move_to,
        args=(run, axes, axis, key),
        width=170,
        help=f"The coordinate; a press moves it by half a deviation, {NUDGE * unit:.2f}.",
    )


def _rest(run: RunFolder, axes: cache.AxesName, axis: int) -> None:
    basis = cache.basis(cache.run_key(run), axes)
    jump(run, basis.moved(point_of(run), axis, float(basis.rest[axis])))


# Many images


def _plane(run: RunFolder, axes: cache.AxesName, basis: Basis, point: np.ndarray) -> None:
    """Show the plane of two axes as decoded images; the other coordinates stay at the point."""
    st.markdown("##### The plane of two")
    names, prefix = list(basis.names), run.name if axes == "latent" else f"{run.name}.pc"
    left, right = st.columns(2)
    with left:
        across = _pick("Across", names, f"{prefix}.across", "The axis of the plane from left to right.")
    with right:
        others = [name for name in names if name != across]
        up = _pick("Upwards", others, f"{prefix}.up", "The axis of the plane from below.")
    pair = (names.index(across), names.index(up))
    coordinates = basis.coordinates(point)
    here = (float(coordinates[pair[0]]), float(coordinates[pair[1]]))
    coordinates[list(pair)] = basis.rest[list(pair)]  # they do not count; the same picture wherever they are
    rest = tuple(np.round(basis.point_at(coordinates), 6).tolist())
    side = MESH_SIDE if np.prod(run.config.model.image_shape) <= LARGE_PIXELS else LARGE_SIDE
    plane = cache.plane_of_axes(cache.run_key(run), axes, pair, rest, side, TILE_PX)
    ranges = (basis.ranges[pair[0]].tolist(), basis.ranges[pair[1]].tolist())
    drawing = plane_svg(plane.picture, ranges, (across, up), here, side, plane.far, smooth=is_photo(run))
    text = f"{side} by {side} images decoded over the plane of {across} and {up}"
    st.image(drawing, width="stretch", alt=text)


def _overview(run: RunFolder, axes: cache.AxesName, basis: Basis) -> None:
    """Show what each of the first axes does, from the point of rest."""
    rows = min(OVERVIEW_ROWS, len(basis.names))
    st.markdown(f"##### What the first {rows} do")
    st.caption("Each moved alone from the point of rest, by deviations. A row of equal images: the decoder ignores it.")
    found = cache.overview(cache.run_key(run), axes, rows, OVERVIEW, TILE_PX)
    _, height, width = run.config.model.image_shape
    names = [f"{name} · {_brief(note)}" for name, note in zip(basis.names[:rows], basis.notes[:rows], strict=True)]
    drawing = rows_svg(found.picture, height / width, OVERVIEW, found.far, names=names, smooth=is_photo(run))
    text = f"{rows} rows of {len(OVERVIEW)} images, each along one of {', '.join(basis.names[:rows])}"
    st.image(drawing, width="stretch", alt=text)


def _brief(note: str) -> str:
    return note.removesuffix(" of the variance")


def _focus_key(run: RunFolder, axes: cache.AxesName) -> str:
    return f"{run.name}.along" if axes == "latent" else f"{run.name}.pc.along"


def _pick(label: str, options: list[str], key: str, why: str) -> str:
    """Let the visitor choose one of some names; the choice is in the URL."""
    if st.session_state.get(key, options[0]) not in options:  # chosen for other axes or another model
        del st.session_state[key]
    return str(st.selectbox(label, options, key=key, bind="query-params", help=why))
