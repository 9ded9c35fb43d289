"""What the cards of the gallery show: a run's line in the listing and a picture of it."""

from pathlib import Path

import streamlit as st

from aeviz.figures.pictures import latent_thumbnail, tile, to_data_uri
from aeviz.training.runs import RunFolder, RunSummary
from aeviz.web.kernel.cache import RunKey, prior_samples, projection, shipped_latents

CARD_TILES, CARD_COLUMNS = 16, 4
"""Draws from the prior on a card of the gallery, and how many of them in a row."""


@st.cache_data(max_entries=256, show_spinner=False)  # a few bytes each
def summary(key: RunKey) -> RunSummary:
    """Return a run's line in the listing, without reading its history again."""
    return RunFolder.read(Path(key.path)).summary()


@st.cache_data(max_entries=64, show_spinner=False)  # 100 kB each
def thumbnail(key: RunKey) -> str | None:
    """Return a picture of a run as a data URI: its latent plane, or without that what it draws from its prior, or None.

    Nothing is encoded for it: the gallery must not wait for that.
    """
    table = shipped_latents(key)
    if table is None or not len(table.z):
        drawn = prior_samples(key)
        return None if drawn is None else to_data_uri(tile(drawn.images[-1][:CARD_TILES], CARD_COLUMNS), effort=6)
    points = projection(key, 2).points
    return to_data_uri(latent_thumbnail(points, table.labels), effort=6)
