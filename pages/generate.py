"""Generate: images that nobody drew, from latent points that no image was encoded to."""

import streamlit as st

from aeviz.web.generate.view import COMPARING, pick_section, show_section
from aeviz.web.kernel.page import page, pick_model, pick_second, require_runs

with page(
    "generate",
    "Generate",
    "A decoder draws whatever latent point it is given. Where do good points come from? From a prior, from the way "
    "between two images, from the difference between two classes, or between faces with and without a smile.",
):
    found = require_runs("weights")
    section = pick_section()
    left, right = st.columns(2)
    with left:
        first = pick_model(found, default="vae-10d")
    second = None
    if section in COMPARING:
        with right:
            second = pick_second(found, first, mapped=False)
    show_section(section, found, first, second)
