"""Films of a model as files: made when a visitor asks for one, one at a time, and kept for the next."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import streamlit as st

from aeviz.films.encode import encode, has_mp4
from aeviz.films.film import Film, Format
from aeviz.films.training import View, training
from aeviz.language import tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

_MIMES: dict[Format, str] = {"gif": "image/gif", "webp": "image/webp", "mp4": "video/mp4"}
_Ends = tuple[tuple[float, ...], tuple[float, ...]]
one_at_a_time = threading.Lock()
"""Held while a film is made: it takes seconds of a core and up to half a gigabyte."""


def offer_training_films(runs: Sequence[Model], view: View) -> None:
    """Offer the recorded training of each run as a film; each must have that view of it."""
    with film_popover():
        for model in runs:
            if len(runs) > 1:
                st.markdown(f"**{escape(model.name)}**")
            _buttons(model, view, None)
        _explain(runs[0].name, f"--film training --view {view}")


def offer_walk(model: Model, start: np.ndarray, end: np.ndarray, *, spherical: bool) -> None:
    """Offer the walk between two latent points, (D,), and back as a film."""
    ends: _Ends = (tuple(map(float, start)), tuple(map(float, end)))
    with film_popover():
        _buttons(model, "spherical" if spherical else "linear", ends)
        _explain(model.name, "--film walk --from I --to J")


def film_popover() -> "st.delta_generator.DeltaGenerator":
    """Return the popover that the buttons of a film stand in."""
    return st.popover(tr("Save film"), icon=":material/movie:", width="content")


def show_buttons(make: Callable[[Format], bytes], name: str, key: str) -> None:
    """Show a button for each format of a film.

    Args:
        make: Makes the file, when the visitor asks for it.
        name: Of the file, without its suffix.
        key: Identity on the page.
    """
    with st.container(horizontal=True):
        for form, mime in _MIMES.items():
            if form == "mp4" and not has_mp4():
                continue
            st.download_button(
                form.upper() if form != "webp" else "WebP",
                partial(make, form),
                file_name=f"{name}.{form}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"film-{key}-{form}",
            )


def _buttons(model: Model, kind: str, ends: _Ends | None) -> None:
    name = f"{model.name}-{'walk' if ends else 'training'}"
    show_buttons(partial(_file, model, kind, ends), name, f"{model.name}-{kind}")


def _explain(name: str, options: str) -> None:
    command = f"`aeviz export {name} --format gif {options}`"
    st.caption(tr("Made in some seconds. With other sizes and lengths: {command}", command=command))


@shared(max_entries=12)  # some megabytes each at most
def _file(model: Model, kind: str, ends: _Ends | None, form: Format) -> bytes:
    with one_at_a_time:
        return encode(_film(model, kind, ends), form)


def _film(model: Model, kind: str, ends: _Ends | None) -> Film:
    if ends is None:
        return training(model.folder, view=kind)  # type: ignore[arg-type]
    from aeviz.films.scenes import walk_between  # torch, only now

    start, end = np.array(ends, dtype=np.float32)
    return walk_between(model.network(), start, end, spherical=kind == "spherical")
