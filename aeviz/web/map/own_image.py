"""The visitor's own image as a point of the map: drawn beside it, from a file, from the camera, or a sample."""

import numpy as np
import streamlit as st

from aeviz.errors import DataError
from aeviz.language import tr
from aeviz.web.components.explorer.payload import Own
from aeviz.web.decoder.point import jump
from aeviz.web.kernel.client_inference import send_networks
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.spaces import bridge
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.upload import (
    PHOTOS,
    SOURCES,
    OwnImage,
    bring_images,
    follow_pen,
    is_handwritten,
    listen_for_images,
    pick_own_source,
    prepare,
    usual_options,
)

OWN = "own"
"""URL parameter and key of the switch: whether the visitor brings an image."""
_PLACE = "map"
_STYLE = f"""<style>
.st-key-{_PLACE}-from button {{ padding-inline: 0.6rem; }}
@media (max-width: 40rem) {{
  html:not(:lang(en)) .st-key-{_PLACE}-from span:has(> [data-testid="stIconMaterial"]) {{ display: none; }}
  .st-key-map-and-inspector [data-testid="stColumn"]:first-child {{
    position: sticky; top: -4.25rem; z-index: 2; background: light-dark(#fff, #171614);
  }}
}}
</style>"""
"""All sources stand in one row of the narrow inspector; on a phone without icons where names are longer than English.

On a phone the plane of the map stays in view above the pad.
"""
_OPENED = "map.own-opened"
"""Session key: whether the visitor has just asked for the first time to bring an image."""
_PLACED = "map.placed"
"""Session key: the image, and the model, whose point the page was taken to last."""


def hear_own() -> None:
    """Take an image that is dropped or pasted anywhere on the page; call it outside of fragments."""
    if listen_for_images(_PLACE, is_open=has_own()):
        st.session_state[OWN] = True
        st.rerun()  # with the encoders, and without the box that listened


def pick_own() -> None:
    """Let the visitor say whether to bring an image; the choice is in the URL. An image that is dropped says yes."""
    hear_own()
    st.toggle(
        tr("Your image"),
        key=OWN,
        bind="query-params",
        help=tr(
            "Draw a digit or bring a picture, or drop one anywhere on this page. The model encodes it, and its point "
            "is placed on the map."
        ),
    )


def keep_own() -> None:
    """Keep the choice of `pick_own`, or of the address, on a page that has `bring_own_folded` in its place."""
    asked = st.query_params.get(OWN) == "true"
    st.session_state[OWN] = bool(st.session_state.get(OWN, asked))  # Streamlit forgets a switch that is not shown
    hear_own()


def bring_own_folded(model: Model) -> Own | None:
    """Offer `bring_own` behind a button, for a page whose picture needs the room; call it in a fragment."""
    popover = st.popover(tr("Your image"), icon=":material/add_photo_alternate:", key="own-folded", on_change=_open)
    if not has_own():
        return None
    if st.session_state.pop(_OPENED, False):
        st.rerun()  # with the encoders
    with popover:
        return bring_own(model)


def _open() -> None:
    if not has_own():
        st.session_state[OWN] = st.session_state[_OPENED] = True


def has_own() -> bool:
    """Whether the visitor wants to bring an image."""
    return bool(st.session_state.get(OWN))


def bring_own(model: Model) -> Own | None:
    """Take an image from the visitor and bring the point to its code; call it in the inspector's fragment.

    Returns:
        The image for the inspector. None where there is none, and where the page has encoded a drawing itself.
    """
    handwritten = is_handwritten(model)
    st.html(_STYLE)
    source = pick_own_source(tuple(SOURCES) if handwritten else PHOTOS, place=_PLACE)
    live = follow_pen(model, linked=True) if source == "draw" else None
    images = bring_images(source, place=_PLACE, handwritten=handwritten, live=live, beside=True)
    if not images or images[0].is_placed:
        return None
    return _encode(images[0], model)


def send_own(model: Model, second: Model | None) -> None:
    """Send the encoders, which follow a pen in the page; call it at the end of the page, outside of fragments."""
    runs = [model] if is_handwritten(model) else []
    if second is not None and bridge(model, second) is not None:  # else it was sent with the decoders
        runs.append(second)
    send_networks(runs, "encoder")


def _encode(picture: OwnImage, model: Model) -> Own | None:
    try:
        prepared = prepare(picture, model, usual_options(model))
    except DataError as error:
        st.error(escape(str(error)), icon=":material/broken_image:")
        return None
    z = model.network().encode(prepared.image[None]).numpy()[0].astype(np.float64)
    key = f"{model.stamp} {picture.key} {hash(picture.data)}"
    if st.session_state.get(_PLACED) != key:  # later reruns leave the point where the visitor has moved it
        st.session_state[_PLACED] = key
        jump(model, z)
    name = tr("Your drawing") if picture.is_drawn else tr("Your image: {name}", name=picture.name)
    return Own(key=key, name=name, image=prepared.image, z=tuple(z.tolist()))
