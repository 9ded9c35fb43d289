"""Content of the gallery's cards: a model's line in the listing and its thumbnail."""

from aeviz.figures.images import latent_thumbnail, tile, to_data_uri
from aeviz.training.run_records import RunSummary
from aeviz.web.kernel import projections
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model

CARD_TILES, CARD_COLUMNS = 16, 4
"""Draws from the prior on a card of the gallery, and how many of them in a row."""


@shared(max_entries=256)  # a few bytes each
def summary(model: Model) -> RunSummary:
    """Return a run's line in the listing, without reading its history again."""
    return model.folder.summary()


@shared(max_entries=128)  # 100 kB each
def thumbnail(model: Model, is_dark: bool) -> str | None:
    """Return an image of a run as a data URI: its latent plane, or without that what it draws from its prior, or None.

    Nothing is encoded for it: the gallery must not wait for that.

    Args:
        model: The run.
        is_dark: Whether it stands on a dark page.
    """
    table = model.stored_latents
    if table is None or not len(table.z):
        drawn = model.prior_samples
        return None if drawn is None else to_data_uri(tile(drawn.images[-1][:CARD_TILES], CARD_COLUMNS), effort=6)
    points = projections.projection(model, 2).points
    return to_data_uri(latent_thumbnail(points, table.labels, is_dark=is_dark), effort=6)
