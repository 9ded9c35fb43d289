"""The film of images over training, on each page that has one: the epoch at which it stands is in the address."""

from collections.abc import Sequence

import streamlit as st

from aeviz.language import number, tr
from aeviz.web.components.film.image_film import ImageSet, film_payload, image_film, reported_epoch
from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.kernel.images import is_large
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.spaces import Sent
from aeviz.web.kernel.url import UrlState, parse_number

EPOCH = UrlState("epoch", parse_number)
"""The epoch that is shown; none for the one at which a film opens."""
LISTED = 8
"""Recorded epochs that are named one by one, at most."""
_KEY = "image-film"


def pack_film(
    runs: Sequence[Model], sets: Sequence[ImageSet], epochs: Sequence[int], *, columns: int, beside: bool
) -> Sent:
    """Pack the film of some runs, with a name that stands for its content; arguments as those of `film_payload`."""
    packed = film_payload(
        sets,
        epochs,
        total=max(model.config.train.epochs for model in runs),
        columns=columns,
        beside=beside,
        smooth=is_large(runs[0]),
    )
    return Sent(name=blob_name("film", packed), content=packed)


def show_film(film: Sent, epochs: tuple[int, ...], *, opens_at_first: bool = False) -> None:
    """Show a film that `film_payload` made, at the epoch of the address, or at an end; call it outside of fragments.

    Args:
        film: The film.
        epochs: Of its frames, rising.
        opens_at_first: Whether it opens at the first of them, and not at the last.
    """
    _show(film.name, epochs, epochs[0] if opens_at_first else epochs[-1])
    send_blob(film.name, film.content)


@st.fragment
def _show(name: str, epochs: tuple[int, ...], usual: int) -> None:
    with errors_as_messages():
        asked = EPOCH.restore()
        at = asked if asked in epochs else usual
        EPOCH.write(None if at == usual else at)

        def write() -> None:
            rested = reported_epoch(_KEY)
            if rested in epochs:
                EPOCH.write(None if rested == usual else rested)

        if len(epochs) > 1:
            if len(epochs) <= LISTED:
                text = tr(
                    "Images were recorded at epochs {epochs} (dots on the curve); **Play** steps from one to the next.",
                    epochs=", ".join(number(each, ",") for each in epochs),
                )
            else:
                text = tr(
                    "Images were recorded at {count} epochs, {first:,} to {last:,} (dots on the curve); **Play** steps "
                    "from one to the next.",
                    count=len(epochs),
                    first=epochs[0],
                    last=epochs[-1],
                )
            st.caption(text)
        image_film(name, at, key=_KEY, on_change=write)
