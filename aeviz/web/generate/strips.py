"""Rows of images of which a question keeps all but a few back: empty frames stand where the others will appear."""

import numpy as np
import streamlit as st

from aeviz.language import tr
from aeviz.web.kernel.asking import answer, until_told
from aeviz.web.kernel.images import marked_images, show_many
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

WITH_WALK = "with-walk"
"""Key of a container of two columns: the first, with the question, stands at the right of a wide page."""


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
