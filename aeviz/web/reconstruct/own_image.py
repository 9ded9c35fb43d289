"""A visitor's own image: how it is prepared, what each model makes of it, and where it lands on the map."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.data.prepare import Prepared
from aeviz.errors import DataError
from aeviz.export.beside import PARTS
from aeviz.figures.images import enlarge, take, tile, to_data_uri
from aeviz.language import tr
from aeviz.web.kernel.client_inference import prepare_networks, send_network
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.upload import (
    OwnImage,
    bring_images,
    follow_pen,
    is_handwritten,
    pick_own_source,
    prepare,
    usual_options,
)
from aeviz.web.reconstruct.own_models import show_models
from aeviz.web.reconstruct.own_options import pick_options
from aeviz.web.reconstruct.own_place import show_place
from aeviz.web.reconstruct.own_result import result_of
from aeviz.web.reconstruct.own_verdict import (
    PICTURE_PX,
    class_words,
    show_nearest,
    show_pass,
    show_verdict,
)

PAIR_PX = 2 * PICTURE_PX + 50
"""Width of a card with two images beside each other."""
STAGE_PX = 160
"""Width of an image that shows a step of preparation."""
_STYLE = '<style>[data-testid="stImage"]:has(> :nth-child(2)) { column-gap: 0.5rem; }</style>'
"""Images of one row stand apart."""


def show_own_images(found: Mapping[str, Model], model: Model) -> None:
    """Take images from the visitor and show what models make of them; arguments as in `_show_own_images`."""
    if is_handwritten(model):
        prepare_networks(model)
    st.html(_STYLE)
    _show_own_images(found, model)
    if is_handwritten(model):
        for part in PARTS:
            send_network(model, part)


@st.fragment
def _show_own_images(found: Mapping[str, Model], model: Model) -> None:
    """Take images from the visitor and show what the chosen model, and all that take the same images, make of them.

    Args:
        found: All models whose latent space is known at least by its statistics.
        model: The chosen model.
    """
    with errors_as_messages():
        source = pick_own_source(first="draw" if is_handwritten(model) else "files")
        # beside each other, so that the point is seen to move while a digit is drawn; files need the room themselves
        left, right = st.columns([5, 6], gap="medium")
        with left:
            live = follow_pen(model) if source == "draw" else None
            images = bring_images(source, handwritten=is_handwritten(model), live=live)
        picture = images[0] if len(images) == 1 else None
        if len(images) > 1:
            picture = _contact_sheet(images, model)
            left, right = st.columns([5, 6], gap="medium")
        if picture is None:
            with right:
                show_place(None, None, model)
            return
        options, steps = pick_options(picture, model)
        prepared = prepare(picture, model, options, with_stages=steps is not None)
        result = result_of(prepared, model)
        with left:
            show_pass(picture, result)
            judged = show_verdict(result)
        with right:
            show_place(picture, result, model)
            if judged is not None:
                show_nearest(judged, model)
        if steps is not None:
            with steps:
                _show_preparation(picture, prepared)
        show_models(prepared, model, found)


def _contact_sheet(images: list[OwnImage], model: Model) -> OwnImage | None:
    """Show several images with what the model makes of each; return the one to look at closely."""
    st.subheader(tr("{count} images", count=len(images)))
    usable = []
    with st.container(horizontal=True, gap="medium"):
        for picture in images:
            with st.container(width=PAIR_PX, border=True):
                try:
                    prepared = prepare(picture, model, usual_options(model))
                except DataError as error:
                    st.markdown(f":small[**{escape(picture.name)}**]")
                    st.error(escape(str(error)), icon=":material/broken_image:")
                    continue
                usable.append(picture)
                result = result_of(prepared, model)
                pair = np.concatenate([take(prepared.image[None], np.array([0])), result.image[None]])
                st.image(
                    to_data_uri(enlarge(tile(pair, 2), 2 * PICTURE_PX)),
                    width=2 * PICTURE_PX,
                    alt=tr("{image}, preprocessed and reconstructed by {model}", image=picture.name, model=model.name),
                )
                judged = result.judged
                words = "" if judged is None else f": {class_words(judged.votes, model)}{tr(judged.verdict.novelty)}"
                words = ": " + tr("blank, nothing to classify") if result.is_blank else words
                st.markdown(f":small[**{escape(picture.name)}**{words}]")
    if not usable:
        return None
    names = [picture.name for picture in usable]
    index = st.selectbox(
        tr("Show details of"), range(len(names)), format_func=lambda place: names[place], key="own.chosen"
    )
    return usable[int(index or 0)]


def _show_preparation(picture: OwnImage, prepared: Prepared) -> None:
    titles = [title for title, _ in prepared.stages]
    seen = to_data_uri(enlarge(tile(prepared.image[None], 1), STAGE_PX))
    st.image(
        [*(to_data_uri(stage) for _, stage in prepared.stages), seen],
        width=STAGE_PX,
        caption=[*titles, tr("What the network sees")],
        alt=[*(f"{picture.name}: {title}" for title in titles), tr("{image}, prepared", image=picture.name)],
    )
    st.markdown("\n".join(f"- {step}" for step in prepared.steps))
