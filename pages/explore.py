"""Explore: where a network puts 10,000 images it never saw, and the image that it decodes anywhere between them."""

import streamlit as st

from aeviz.language import tr
from aeviz.web.explore.bar import show_bar
from aeviz.web.explore.measures import are_maps_alone, are_measures_first, show_measures
from aeviz.web.explore.plane import show_plane
from aeviz.web.explore.posterior_view import show_posteriors
from aeviz.web.explore.spectrum import show_spectrum
from aeviz.web.explore.take_along import offer_figures, offer_file, offer_python
from aeviz.web.kernel.page import page, require_runs
from aeviz.web.map.view import show_map

with page(
    "explore",
    tr("Explore"),
    tr(
        "Where a network puts images it never saw. Drag anywhere to decode an image there; click a point for its image."
    ),
):
    first, second, shown = show_bar(require_runs("summary"))
    runs = [run for run in (first, second) if run is not None]
    is_alone = are_maps_alone()
    if are_measures_first():
        show_measures(runs)
        show_spectrum(runs)
        show_posteriors(runs, encodes=shown.options is not None)
    if shown.options is None:
        show_plane(first, second, shown.axes)
    else:
        show_map(first, second, shown.options, is_alone=is_alone)
    if not is_alone and not are_measures_first():
        show_measures(runs)
        show_spectrum(runs)
        show_posteriors(runs, encodes=shown.options is not None)
    if not is_alone:
        with st.container(horizontal=True):
            offer_file(first, second)
            offer_figures(first)
        offer_python(first, second)
