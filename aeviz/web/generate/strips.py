"""Rows of images of which a question keeps all but a few back: empty frames stand where the others will appear."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.language import tr
from aeviz.web.kernel.asking import answer, until_told
from aeviz.web.kernel.images import marked_images, show_many
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

_BESIDE = """<style>
.st-key-with-walk {
  display: grid; gap: 0.5rem 1.5rem; align-items: start;
  grid-template: "start walk" auto "rows walk" auto "more walk" 1fr / minmax(0, 3fr) minmax(0, 2fr);
}
.st-key-with-walk > :has(> .st-key-walk-start) { grid-area: start; }
.st-key-with-walk > :has(> .st-key-walk-rows) { grid-area: rows; }
.st-key-with-walk > :has(> .st-key-walk-walk) { grid-area: walk; }
.st-key-with-walk > :has(> .st-key-walk-more) { grid-area: more; }
@media (max-width: 40rem) {
  .st-key-with-walk { grid-template: "rows" auto "walk" auto "start" auto "more" auto / minmax(0, 1fr); }
}
</style>"""
"""On a phone the rows that a question is about stand beside it, above the map."""


def beside_walk() -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Return containers for a walk with its question, the rows of images, and what is above and below those."""
    st.html(_BESIDE)
    with st.container(key="with-walk"):
        walk, rows, start, more = (st.container(key=f"walk-{part}") for part in ("walk", "rows", "start", "more"))
    return walk, rows, start, more


def show_strip(
    model: Model, points: np.ndarray, columns: int, text: str, *, asked: str | None, part: str, shown: np.ndarray
) -> None:
    """Show the images that a model draws at latent points, with a cross on each far from the data.

    Args:
        model: The model.
        points: The latent points, (N, D).
        columns: Images in a row.
        text: Caption of the images, once all are shown.
        asked: Name of the question that keeps images back; None shows all.
        part: Tells several strips of a question apart.
        shown: Which images are shown before the answer, (N,), bool.
    """
    if asked is None:
        show_many(model, points, columns, text)
        return
    with st.container(gap=None, key=f"{asked}-strip-{part}"):
        with until_told(asked, part):
            frames, _ = marked_images(model, points, columns, shown)
            waiting = tr("{what}: more images appear with the answer", what=text.split(":")[0])
            st.image(frames, width="stretch", caption=escape(waiting), alt=waiting)
        with answer(asked, part):
            marked, _ = marked_images(model, points, columns, np.ones_like(shown))
            st.image(marked, width="stretch", caption=escape(text), alt=text)
