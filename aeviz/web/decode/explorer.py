"""The studio of Decode: what the page is sent, what it asks, and how the visitor looks at the space."""

from dataclasses import replace
from typing import get_args

import numpy as np
import streamlit as st

from aeviz.analysis.basis import Basis
from aeviz.errors import AevizError
from aeviz.training.runs import RunFolder
from aeviz.web.components.explorer.component import (
    Look,
    Question,
    read_look,
    read_point,
    read_question,
    studio,
)
from aeviz.web.components.explorer.payload import (
    Answer,
    Backdrop,
    Lens,
    Part,
    View,
    bridge_payload,
    shelf_name,
    view_payload,
)
from aeviz.web.components.kit.blobs import carry
from aeviz.web.decode.point import follow, keep_stops, point_of, stops_of, turn_of
from aeviz.web.kernel import cache, distances, spaces
from aeviz.web.kernel.client_inference import carry_network, carry_networks, find_network
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.page import OPTIMIZER_TITLES
from aeviz.web.kernel.points import is_photo, is_wide

MESH_SIDE, LARGE_PIXELS, LARGE_SIDE = 10, 4096, 6
"""Images along each side of the decoded plane (S1: a 10 x 10 mesh); fewer where an image has more values than that."""
BEHIND = "behind"
"""URL parameter of what lies behind the point on the pad."""


def show_studio(run: RunFolder, second: RunFolder | None, axes: spaces.AxesName) -> None:
    """Show pad, sliders, images and ways of one or two models; call it in a fragment."""
    key = _key(run, second, axes)
    basis = spaces.basis(cache.run_key(run), axes)
    question = st.session_state.get(asked_key(key))
    answer, images = (None, None) if question is None else answer_question(question, run, second)
    view = replace(_view(run, second, axes, basis), answer=answer)
    studio(
        view_payload(view, images),
        key=key,
        on_point=lambda: _take_point(key, run),
        on_view=lambda: _take_look(run, axes, basis, key),
        on_ask=lambda: take_question(key, run),
    )


def carry_studio(run: RunFolder, second: RunFolder | None, axes: spaces.AxesName) -> None:
    """Send what the studio's names stand for; call it at the end of the page, outside of fragments."""
    space = spaces.space(cache.run_key(run), axes)
    carry(space.name, space.content)
    carry_networks([run] if second is None else [run, second], "decoder")
    if second is not None:
        between = spaces.bridge(cache.run_key(run), cache.run_key(second))
        if between is None:
            carry_network(second, "encoder")
        else:
            packed = bridge_payload(between)
            carry(shelf_name("bridge", packed), packed)


def _view(run: RunFolder, second: RunFolder | None, axes: spaces.AxesName, basis: Basis) -> View:
    key = cache.run_key(run)
    lenses = [_lens(run, None)] if second is None else [_lens(run, None), _lens(second, run)]
    if second is not None and run.config.optimizer.name != second.config.optimizer.name:
        lenses = [
            replace(lens, title=f"{lens.title} · {OPTIMIZER_TITLES[each.config.optimizer.name]}")
            for lens, each in zip(lenses, (run, second), strict=True)
        ]
    look = _look(run, axes, basis)
    parts: tuple[Part, ...] = ("pad", "sliders", "strip", "scrubber")
    if is_wide(run):
        parts = (*parts, "overview")
    large = int(np.prod(run.config.model.image_shape)) > LARGE_PIXELS
    space = spaces.space(key, axes)
    networks = [lens.spec.name if lens.spec is not None else lens.why for lens in lenses]
    return View(
        view="|".join([key.stamp, space.name, *networks, *(lens.bridge_words for lens in lenses)]),
        space=space.name,
        point=tuple(point_of(run).tolist()),
        turn=turn_of(run),
        pair=look.pair or (0, min(1, len(basis.names) - 1)),
        along=look.along or 0,
        backdrop=next((name for name in get_args(Backdrop) if name == look.backdrop), "images"),
        side=LARGE_SIDE if large else MESH_SIDE,
        parts=parts,
        lenses=tuple(lenses),
        stops=stops_of(run),
    )


def _lens(run: RunFolder, first: RunFolder | None) -> Lens:
    """Describe a model's image of the point; `first` is the model whose space is shown, None where it is its own."""
    network = find_network(run, "decoder")
    bridge, via, words, why = None, None, "", network.why
    between = None if first is None else spaces.bridge(cache.run_key(first), cache.run_key(run))
    if between is not None:
        bridge = shelf_name("bridge", bridge_payload(between))
        how = "Procrustes" if between.is_similarity else "least squares"
        words = f"At the point that matches ({how}; {between.explained:.0%} of the variance of its points). "
    elif first is not None:
        encoder = find_network(run, "encoder")
        via, why = encoder.spec, why or encoder.why
        words = f"At the point where its own encoder puts the image of {first.name}. "
    return Lens(
        title=run.name,
        alt=f"The image that {run.name} decodes at this point",
        shape=run.config.model.image_shape,
        smooth=is_photo(run),
        spec=None if why else network.spec,
        why=why,
        bridge=bridge,
        via=via,
        bridge_words=words,
    )


# What comes from the page


def _take_point(key: str, run: RunFolder) -> None:
    point = read_point(st.session_state.get(key), run.config.model.latent_dim)
    if point is not None:
        follow(run, np.array(point))


def take_question(key: str, run: RunFolder) -> None:
    """Keep a question of the page until it is answered."""
    question = read_question(st.session_state.get(key), run.config.model.latent_dim)
    if question is not None:
        st.session_state[asked_key(key)] = question


def answer_question(question: Question, run: RunFolder, second: RunFolder | None) -> tuple[Answer, np.ndarray | None]:
    """Return the answer to a question of the page, and images, (N, C, H, W), if it is about those.

    The last question is answered in every run, since a run may be overtaken before its answer is sent.
    """
    points = np.array(question.points, dtype=np.float32)
    try:
        if question.kind == "far":
            far = distances.mark_far(cache.run_key(run), points)
            return Answer(number=question.number, kind="far", far=tuple(bool(mark) for mark in far)), None
        if question.model == 1 and second is not None:
            between = spaces.bridge(cache.run_key(run), cache.run_key(second))
            images = (
                _seen_by(second, decoded(run, points)) if between is None else decoded(second, between.apply(points))
            )
        else:
            images = decoded(run, points)
    except AevizError as error:
        return Answer(number=question.number, kind=question.kind, error=str(error)), None
    return Answer(number=question.number, kind="decode"), images


def _seen_by(run: RunFolder, images: np.ndarray) -> np.ndarray:
    """Return what a model makes of the images of another, (N, C, H, W), float32 in [0, 1]."""
    found: np.ndarray = cache.model(cache.run_key(run)).reconstruct(images).numpy()
    return found


# How the visitor looks at the space: in the session and in the address


def _take_look(run: RunFolder, axes: spaces.AxesName, basis: Basis, key: str) -> None:
    look = read_look(st.session_state.get(key), len(basis.names))
    known = _look(run, axes, basis)
    st.session_state[_looks(run, axes)] = Look(
        pair=look.pair or known.pair,
        along=known.along if look.along is None else look.along,
        backdrop=look.backdrop or known.backdrop,
    )
    if look.stops is not None:
        keep_stops(run, look.stops)


def keep_look(run: RunFolder, axes: spaces.AxesName) -> None:
    """Write into the address how the visitor looks at the space, where that is not as at first."""
    basis = spaces.basis(cache.run_key(run), axes)
    look = _look(run, axes, basis)
    words = {
        f"{run.name}.plane": "" if look.pair in (None, (0, 1)) else "~".join(basis.names[axis] for axis in look.pair),
        f"{run.name}.along": basis.names[look.along] if look.along else "",
        BEHIND: look.backdrop if look.backdrop not in (None, "images") else "",
    }
    for name in list(st.query_params):
        if name.endswith((".plane", ".along")) and name not in words:
            del st.query_params[name]  # of another model
    for name, text in words.items():
        if text and st.query_params.get(name) != text:
            st.query_params[name] = text
        elif not text and name in st.query_params:
            del st.query_params[name]


def _look(run: RunFolder, axes: spaces.AxesName, basis: Basis) -> Look:
    """Return how the visitor looks at the space: as in this session, or as the address says."""
    held: Look | None = st.session_state.get(_looks(run, axes))
    if held is not None:
        return held
    places = {name: axis for axis, name in enumerate(basis.names)}
    pair = [places.get(name) for name in st.query_params.get(f"{run.name}.plane", "").split("~")]
    first, second = pair if len(pair) == 2 else (None, None)
    return Look(
        pair=(first, second) if first is not None and second is not None and first != second else None,
        along=places.get(st.query_params.get(f"{run.name}.along", "")),
        backdrop=st.query_params.get(BEHIND),
    )


def _key(run: RunFolder, second: RunFolder | None, axes: spaces.AxesName) -> str:
    return f"studio-{run.name}-{axes}-{second.name if second is not None else ''}"


def asked_key(key: str) -> str:
    """Return the session key of the last question of a studio."""
    return f"{key}.asked"


def _looks(run: RunFolder, axes: spaces.AxesName) -> str:
    return f"{run.name}.{axes}.look"
