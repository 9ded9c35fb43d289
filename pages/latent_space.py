"""Latent space: where a network puts 10,000 images it never saw, and how two optimizers differ in that."""

import streamlit as st

from aeviz.web.kernel.page import page, pick_model, pick_second, require_runs
from aeviz.web.latent_space.measures import show_measures
from aeviz.web.latent_space.posterior_view import show_posteriors
from aeviz.web.map.controls import pick_map_options
from aeviz.web.map.view import show_map

with page(
    "latent_space",
    "Latent space",
    "Each point is a test image, coloured by its class. Point at one to see its image; click it for more.",
):
    found = require_runs()
    left, right = st.columns(2)
    with left:
        first = pick_model(found)
    with right:
        second = pick_second(found, first)
    options = pick_map_options(first, second)
    show_map(first, second, options)
    show_measures([run for run in (first, second) if run is not None])
    show_posteriors([run for run in (first, second) if run is not None])
