"""The explorer: what the page is sent, what it requests, and how the visitor looks at the space."""

from dataclasses import replace
from typing import get_args

import numpy as np
import streamlit as st

from aeviz.analysis.basis import Basis
from aeviz.language import mark, tr
from aeviz.web.components.explorer.component import (
    Look,
    explorer,
    read_look,
    read_point,
)
from aeviz.web.components.explorer.payload import (
    Backdrop,
    DecoderView,
    Own,
    Part,
    View,
    bridge_payload,
    view_payload,
)
from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.kit.mount import state_of
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.decoder.point import follow, keep_waypoints, point_of, revision_of, waypoints_of
from aeviz.web.kernel import spaces
from aeviz.web.kernel.client_inference import find_network, send_network, send_networks
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.points import is_photo, is_wide
from aeviz.web.kernel.requests import response_of, take_request
from aeviz.web.kernel.titles import OPTIMIZER_TITLES
from aeviz.web.kernel.url import UrlState, drop_parameters

MESH_SIDE, LARGE_PIXELS, LARGE_SIDE = 10, 4096, 6
"""Images along each side of the decoded plane (as in the public code of S1); fewer where an image has more values."""
SHOWN, MAP, DECODED_PLANE = "show", mark("test images"), mark("decoded plane")
"""URL parameter of what Explore shows, and its values."""
BEHIND, PLANE, ALONG = "behind", ".plane", ".along"
"""URL parameter of what lies behind the point on the pad; endings of those of its plane and the strip's axis."""


def show_explorer(
    model: Model,
    second: Model | None,
    axes: spaces.AxesName,
    parts: tuple[Part, ...] = ("pad", "sliders", "strip", "waypoints"),
    sprite: str | None = None,
    own: Own | None = None,
    *,
    takes_own: bool = False,
) -> None:
    """Show pad, sliders, images and paths of one or two models; call it in a fragment.

    Args:
        model: The model whose space is shown.
        second: A model that decodes the same moves, or None.
        axes: The axes to move along.
        parts: What is shown; an overview of the axes is added in many dimensions.
        sprite: Name in the blob store of small versions of the test images, for the part "image".
        own: An image that the visitor brought, for the part "image".
        takes_own: Whether the visitor may bring one; the second model encodes it itself, so its encoder must be sent.
    """
    key = _key(model, second, axes, parts)
    basis = spaces.basis(model, axes)
    response, images = response_of(key, model, second)
    view = replace(_view(model, second, axes, basis, parts, takes_own), response=response, sprite=sprite, own=own)
    explorer(
        view_payload(view, images),
        key=key,
        on_point=lambda: _take_point(key, model),
        on_view=lambda: _take_look(model, axes, basis, key),
        on_request=lambda: take_request(key, model),
    )


def send_explorer(model: Model, second: Model | None, axes: spaces.AxesName) -> None:
    """Send what the explorer's names stand for; call it at the end of the page, outside of fragments."""
    space = spaces.space(model, axes)
    send_blob(space.name, space.content)
    send_networks([model] if second is None else [model, second], "decoder")
    if second is not None:
        between = spaces.bridge(model, second)
        if between is None:
            send_network(second, "encoder")
        else:
            packed = bridge_payload(between)
            send_blob(blob_name("bridge", packed), packed)


def _view(
    model: Model,
    second: Model | None,
    axes: spaces.AxesName,
    basis: Basis,
    parts: tuple[Part, ...],
    takes_own: bool,
) -> View:
    decoder_views = (
        [_decoder_view(model, None)] if second is None else [_decoder_view(model, None), _decoder_view(second, model)]
    )
    if second is not None and model.config.optimizer.name != second.config.optimizer.name:
        decoder_views = [
            replace(decoder_view, title=f"{decoder_view.title} · {OPTIMIZER_TITLES[each.config.optimizer.name]}")
            for decoder_view, each in zip(decoder_views, (model, second), strict=True)
        ]
    if takes_own and second is not None and second.config.model.image_shape == model.config.model.image_shape:
        decoder_views[1] = replace(decoder_views[1], own_encoder=find_network(second, "encoder").spec)
    look = _look(model, axes, basis)
    if is_wide(model):
        parts = (*parts, "overview")
    large = int(np.prod(model.config.model.image_shape)) > LARGE_PIXELS
    space = spaces.space(model, axes)
    networks = [
        decoder_view.network.name if decoder_view.network is not None else decoder_view.why
        for decoder_view in decoder_views
    ]
    return View(
        view="|".join(
            [
                model.stamp,
                space.name,
                *networks,
                *(decoder_view.bridge_words for decoder_view in decoder_views),
                "own" if takes_own else "",
            ]
        ),
        space=space.name,
        point=tuple(point_of(model).tolist()),
        revision=revision_of(model),
        pair=look.pair or (0, min(1, len(basis.names) - 1)),
        along=look.along or 0,
        backdrop=next((name for name in get_args(Backdrop) if name == look.backdrop), "images"),
        side=LARGE_SIDE if large else MESH_SIDE,
        parts=parts,
        model=model.name,
        decoder_views=tuple(decoder_views),
        waypoints=waypoints_of(model),
    )


def _decoder_view(model: Model, first: Model | None) -> DecoderView:
    """Describe a model's image of the point; `first` is the model whose space is shown, None where it is its own."""
    network = find_network(model, "decoder")
    bridge, via, words, why = None, None, "", network.why
    between = None if first is None else spaces.bridge(first, model)
    if between is not None:
        bridge = blob_name("bridge", bridge_payload(between))
        # of a similarity Align says how much it explains: a lesson asks for it first
        words = tr("At the corresponding point (Procrustes).")
        if not between.is_similarity:
            words = tr(
                "At the corresponding point (least squares, {share:.0%} of the variance explained).",
                share=between.explained,
            )
        words += " "
    elif first is not None:
        encoder = find_network(model, "encoder")
        via, why = encoder.spec, why or encoder.why
        words = tr("At the code of the image that {model} decodes.", model=first.name) + " "
    return DecoderView(
        title=model.name,
        alt=tr("Image decoded by {model} at this point", model=model.name),
        shape=model.config.model.image_shape,
        smooth=is_photo(model),
        network=None if why else network.spec,
        why=why,
        bridge=bridge,
        via=via,
        bridge_words=words,
    )


# What comes from the page


def _take_point(key: str, model: Model) -> None:
    point = read_point(state_of(key), model.config.model.latent_dim)
    if point is not None:
        follow(model, np.array(point))


# How the visitor looks at the space: in the session and in the address


def _take_look(model: Model, axes: spaces.AxesName, basis: Basis, key: str) -> None:
    look = read_look(state_of(key), len(basis.names))
    known = _look(model, axes, basis)
    st.session_state[_looks(model, axes)] = Look(
        pair=look.pair or known.pair,
        along=known.along if look.along is None else look.along,
        backdrop=look.backdrop or known.backdrop,
    )
    if look.waypoints is not None:
        keep_waypoints(model, look.waypoints)


def keep_look(model: Model, axes: spaces.AxesName) -> None:
    """Write into the address how the visitor looks at the space, where that is not as at first."""
    basis = spaces.basis(model, axes)
    look = _look(model, axes, basis)
    plane, along, backdrop = _look_in_url(model, basis)
    drop_parameters((PLANE, ALONG), keep=(plane.name, along.name))
    plane.write(look.pair)
    along.write(look.along)
    backdrop.write(look.backdrop)


def _look_in_url(model: Model, basis: Basis) -> tuple[UrlState[tuple[int, int]], UrlState[int], UrlState[str]]:
    """Return the plane of the pad, the axis of the strip, and what lies behind the point."""
    places = {name: axis for axis, name in enumerate(basis.names)}

    def parse_plane(text: str) -> tuple[int, int] | None:
        pair = [places.get(name) for name in text.split("~")]
        first, second = pair if len(pair) == 2 else (None, None)
        return None if first is None or second is None or first == second else (first, second)

    def format_plane(pair: tuple[int, int]) -> str:
        return "~".join(basis.names[axis] for axis in pair)

    return (
        UrlState(model.name + PLANE, parse_plane, format_plane, (0, min(1, len(basis.names) - 1))),
        UrlState(model.name + ALONG, places.get, lambda axis: basis.names[axis], 0),
        UrlState(BEHIND, str, str, "images"),
    )


def _look(model: Model, axes: spaces.AxesName, basis: Basis) -> Look:
    """Return how the visitor looks at the space: as in this session, or as the address says."""
    held: Look | None = st.session_state.get(_looks(model, axes))
    if held is not None:
        return held
    plane, along, backdrop = _look_in_url(model, basis)
    return Look(pair=plane.restore(), along=along.restore(), backdrop=backdrop.restore())


def _key(model: Model, second: Model | None, axes: spaces.AxesName, parts: tuple[Part, ...]) -> str:
    place = "" if "pad" in parts else "inspector-"
    return f"explorer-{place}{model.name}-{axes}-{second.name if second is not None else ''}"


def _looks(model: Model, axes: spaces.AxesName) -> str:
    return f"{model.name}.{axes}.look"
