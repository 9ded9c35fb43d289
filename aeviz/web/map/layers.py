"""Layers of the latent map over its points: thumbnails, colours by a scale, contours, neighbours."""

import hashlib
from dataclasses import replace

import numpy as np

from aeviz.analysis.density import SHARES
from aeviz.config import DataConfig
from aeviz.data import is_available
from aeviz.data.imports.visits import name_for_people
from aeviz.errors import DataError
from aeviz.figures.palette import class_colour
from aeviz.language import mark, tr
from aeviz.paths import data_root
from aeviz.web.components.kit import blobs
from aeviz.web.components.map.overlay_payload import Contour, Overlay, make_scale
from aeviz.web.components.map.payload import MapPanel
from aeviz.web.kernel import datasets, posteriors
from aeviz.web.kernel.models import Model
from aeviz.web.map import cached
from aeviz.web.map.controls import MapOptions
from aeviz.web.map.factors import factor_values
from aeviz.web.map.panels import Panels

SPRITE_FORMAT = 1
"""Raised when the packing of small images changes, so that no browser reads old ones anew."""
HINT = mark("Zoom in to see images in place of points.")
TITLES = {
    "reconstruction error": mark("Reconstruction error (Euclidean norm)"),
    "KL divergence": mark("KL divergence from the prior (nats)"),
    "density": mark("Density of the map's points"),
}


def make_overlay(shown: Panels, labels: np.ndarray | None, options: MapOptions, chosen: int | None) -> Overlay:
    """Return what a map shows beyond its points.

    Args:
        shown: Its panels.
        labels: Classes of the points, (N,), integer, or None.
        options: What the visitor asked for.
        chosen: The image whose neighbours are marked.
    """
    flat = options.dimensions == 2
    columns = [_column(panel, model, options) for panel, model in zip(shown.panels, shown.runs, strict=True)]
    scale, codes = make_scale(
        tr(TITLES[options.colour]) if options.colour in TITLES else (options.factor or "").capitalize(), columns
    )
    neighbours: list[tuple[int, ...]] = []
    if chosen is not None:
        neighbours = [tuple(cached.neighbours(model, chosen).indices.tolist()) for model in shown.runs]
    sprite = sprite_name(shown.runs[0])
    return Overlay(
        sprite=sprite,
        hint=_hint(shown.runs[0], has_images=sprite is not None) if flat else "",
        scale=scale,
        codes=codes,
        contours=tuple(_contours(panel, labels, options) for panel in shown.panels) if flat else (),
        neighbours=tuple(neighbours),
        chosen=chosen,
    )


def _hint(model: Model, *, has_images: bool) -> str:
    """Return what a visitor sees of the images on the map."""
    if has_images:
        return tr(HINT)
    name = name_for_people(model.config.data.name)
    if name == model.config.data.name:
        return tr("Images of {data} are not on this machine, so points show none. Click one to decode it.", data=name)
    return tr(
        "Images of {data} were deleted when the visit ended, so points show none. Click one to decode it.", data=name
    )


def _column(panel: MapPanel, model: Model, options: MapOptions) -> np.ndarray | None:
    """Return what the colours of a panel's points tell, (N,), floating point; None for classes, or if unknown."""
    if options.colour == "reconstruction error":
        return panel.error
    if options.colour == "KL divergence" and posteriors.has_posteriors(model):
        return posteriors.divergences(model)
    if options.factor is not None:
        return factor_values(model, options.factor)
    if options.colour == "density":
        return cached.point_density(cached.digest_of(panel.points), panel.points)
    return None


def _contours(panel: MapPanel, labels: np.ndarray | None, options: MapOptions) -> tuple[Contour, ...]:
    if options.contours == "off":
        return ()
    groups = labels if options.contours == "by class" else None
    found = cached.density_contours(cached.digest_of(panel.points, groups), panel.points, groups)
    return tuple(
        Contour(
            colour=None if label < 0 else class_colour(label),
            label=label,
            weight=1 - share if len(SHARES) > 1 else 1.0,
            lines=lines,
        )
        for label, levels in found
        for share, lines in zip(SHARES, levels, strict=True)
    )


def sprite_name(model: Model) -> str | None:
    """Return the name under which the small images of a run's test images come; None if they are not here."""
    name, table = model.config.data.name, model.latents
    if table is None or not is_available(name):
        return None
    identity = f"{name} {table.fingerprint} {SPRITE_FORMAT}"
    return "sprites-" + hashlib.blake2b(identity.encode(), digest_size=10).hexdigest()


def send_sprites(model: Model) -> None:
    """Send the page small images of a run's test images, where they are on this machine; at the end of a page."""
    name, table = sprite_name(model), model.latents
    if name is None or table is None:
        return
    data = _whole(model.config.data)
    try:
        fingerprint, content = cached.sprites(
            data, str(data_root()), datasets.folder_stamp(data.name), model.class_names
        )
    except DataError:
        return  # the page says so where it shows a chosen image
    if fingerprint == table.fingerprint:
        blobs.send_blob(name, content)


def _whole(data: DataConfig) -> DataConfig:
    """Return the data set with all its classes: the test images are the same for all runs."""
    return replace(data, without=None)
