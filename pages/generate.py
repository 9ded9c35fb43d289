"""Generate: images that nobody drew, from latent points that no image was encoded to."""

import streamlit as st

from aeviz.language import tr
from aeviz.web.generate.view import COMPARING, pick_section, show_section, usual_model
from aeviz.web.kernel.page import NO_COMPARISON, page, pick_model, pick_second, require_runs

with page(
    "generate",
    tr("Generate"),
    tr("Make new images: sample from the prior, interpolate between images, add and subtract latent points."),
):
    found = require_runs("weights")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        section = pick_section()
        first = pick_model(found, default=usual_model(section))
        second = pick_second(found, first, mapped=False, default=NO_COMPARISON) if section in COMPARING else None
    show_section(section, found, first, second)
