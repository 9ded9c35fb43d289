"""Latent space: where a network puts 10,000 images it never saw, and how two optimizers differ in that."""

import streamlit as st

from aeviz.web.kernel.page import page, pick_model, pick_second, require_runs
from aeviz.web.latent_space.measures import show_measures
from aeviz.web.latent_space.posterior_view import show_posteriors
from aeviz.web.map.controls import pick_map_options
from aeviz.web.map.view import show_map

with page(
    "Latent space",
    "Each point is a test image; its colour is its class, of which no network was told but those with a class-anchored "
    "prior, or what you choose. Point at one to see its image, click it to see what the network makes of it.",
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
    with st.expander("What this map does and does not show"):
        st.markdown(
            """
A latent space is defined only **up to an invertible map**: put any invertible map behind the encoder and its inverse
before the decoder, and every reconstruction stays what it was. So the position, the direction and the scale of a
picture mean nothing by themselves, and two planes may be compared only after one is laid over the other. *Align* turns,
mirrors, shifts and scales the right plane so that the same images come to lie as close as they can (Procrustes); it
does not bend it.

**Trustworthiness** asks whether neighbours on the map are neighbours among the images too (1 is perfect; Venna and
Kaski 2001; 10 neighbours, the first 2,000 test images). **kNN accuracy** is the share of test images whose digit the
10 nearest training images in latent space name. A unit, that is a latent coordinate, is **active** if it varies over
the images at all (variance above 0.01); the others carry nothing.

A **variational** encoder gives an image no point but a distribution, its posterior: a Gaussian, which is an ellipse on
the map. In training the decoder sees a sample of it each time, so that neighbouring points must mean similar images.
More than 2 latent dimensions are seen along principal directions, and so are their ellipses and the prior's circles.

**t-SNE** (van der Maaten and Hinton 2008) and **UMAP** (McInnes, Healy and Melville 2018) show more than 3 dimensions
by bending them: neighbours stay together, but the distance between two clusters, their size and their density mean
little, and another number of neighbours may give another picture. **Nearest images** are found in the latent space
itself, so on a map of it some may lie far apart. **Contours** are drawn around the smallest regions that hold half and
nine tenths of the points, by a kernel density estimate in the map's own coordinates; so is the **density** as a colour.

After S. 2.3 of M. Sevkovych, *On variational autoencoders: theory and applications*, Univ. of Stuttgart, 2023: figures
2.4 (planes, Adam and AMSGrad), 2.7 and 2.8 (three dimensions from two viewpoints).
"""
        )
