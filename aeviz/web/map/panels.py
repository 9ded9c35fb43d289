"""The panels of the latent map: the points of one or two models, their posteriors and their priors."""

from dataclasses import dataclass, replace

import numpy as np

from aeviz.analysis.alignment import Alignment, align, explained_unmoved
from aeviz.analysis.posterior import prior_means
from aeviz.errors import CheckpointFormatError
from aeviz.language import current_language, tr
from aeviz.web.components.map.payload import (
    VIEWPOINTS,
    MapPanel,
    Posteriors,
    Prior,
    lay_over,
    make_panel,
    move_points,
    share_view,
)
from aeviz.web.kernel import posteriors, projections
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.titles import describe
from aeviz.web.map import cached
from aeviz.web.map.controls import MapOptions
from aeviz.web.map.lift import can_lift, find_carry, make_lift


@dataclass(frozen=True, slots=True, kw_only=True)
class Panels:
    """The panels of the latent map, side by side."""

    panels: list[MapPanel]
    runs: list[Model]
    """The model of each panel."""
    alignment: Alignment | None = None
    """By which the right panel was laid over the left one."""
    unmoved: float | None = None
    """Share of the left map's variance that the right one explains as it stands; None where axes mean no such thing."""


def map_panels(first: Model, second: Model | None, options: MapOptions) -> Panels:
    """Return the panels of one model, or of two, the second aligned to the first if asked for; see `with_lifts`."""
    models = [first] if second is None else [first, second]
    embedded = tuple(_embedding(model, options) is not None for model in models)
    return _panels(first, second, options, embedded, current_language())


def with_lifts(shown: Panels, options: MapOptions) -> Panels:
    """Return the panels with what it takes to decode their points.

    That is not kept with them: it changes when the file of a network that the page runs is there.
    """
    lifts = [make_lift(model, options) for model in shown.runs]
    if lifts[-1] is not None and shown.alignment is not None:
        lifts[-1] = lifts[-1].moved(shown.alignment) if shown.alignment.scale else None
    panels = [replace(panel, lift=lift) for panel, lift in zip(shown.panels, lifts, strict=True)]
    return replace(shown, panels=panels)


@shared(max_entries=32)  # of 10,000 images 0.1 MB each, beside what other caches hold too
def _panels(
    first: Model, second: Model | None, options: MapOptions, embedded: tuple[bool, ...], language: str
) -> Panels:
    """Return the panels without what it takes to decode their points.

    Args:
        first: The model on the left.
        second: The model on the right, if any.
        options: What the visitor asked for.
        embedded: Whether the map of each model that is computed in the background is there.
        language: Of the titles, which is the current one.
    """
    left = _with_posteriors(_panel(first, options), first, options)
    if second is None:
        if options.two_viewpoints:
            twins = [replace(left, viewpoint=viewpoint) for viewpoint in VIEWPOINTS]
            return Panels(panels=[twins[0], replace(twins[1], title=tr("rotated by 90°"))], runs=[first, first])
        return Panels(panels=[left], runs=[first])
    right = _with_posteriors(_panel(second, options), second, options)
    is_line = 1 in (first.config.model.latent_dim, second.config.model.latent_dim)  # the other axis is the error
    if is_line or not options.aligned:
        if can_lift(first, options) and can_lift(second, options):
            right = replace(
                right, carry=find_carry(_panel(second, options), _panel(first, options))
            )  # not their samples
        return Panels(panels=[left, right], runs=[first, second], unmoved=_unmoved(first, second, options))
    alignment = align(_panel(second, options).points, _panel(first, options).points)  # not their samples
    moved = lay_over(right, alignment, tuple(tr("{axis} aligned", axis=name) for name in left.axis_names))
    return Panels(panels=[left, share_view(moved, left)], runs=[first, second], alignment=alignment)


def _unmoved(first: Model, second: Model, options: MapOptions) -> float | None:
    """Return how much two maps of the latent dimensions themselves have in common as they stand."""
    dimensions = {model.config.model.latent_dim for model in (first, second)}
    if dimensions not in ({2}, {3}) or not options.is_linear:
        return None
    source, target = _panel(second, options).points, _panel(first, options).points
    return explained_unmoved(source, target) if source.shape == target.shape else None


def make_map_panel(model: Model, dimensions: int) -> MapPanel:
    """Return the latent points of a run as a panel of the map, in two or three dimensions, more by their PCA."""
    return _panel(model, MapOptions(dimensions=dimensions, aligned=False, two_viewpoints=False))


def _panel(model: Model, options: MapOptions) -> MapPanel:
    """Return the latent points of a run, means of posteriors, as the options show them."""
    table = model.latents
    if table is None:
        raise CheckpointFormatError(f"run '{model.name}' has no latent points; train it again to have them")
    title, config = describe(model, len(table.z)), options.embedding(model)
    points = _embedding(model, options)
    if config is not None and points is not None:
        names = tuple(f"{config.algorithm} {axis + 1}" for axis in range(config.dimensions))
        title += " · " + tr(
            "{method}, {count} neighbours, its seed {seed}",
            method=config.algorithm,
            count=config.neighbours,
            seed=config.seed,
        )
        return make_panel(title, points, table.error, names)
    shown = projections.projected(model, options.dimensions, options.axes)
    if shown.explained < 1:
        title += " · " + tr("{share:.0%} of the variance", share=shown.explained)
    return make_panel(title, shown.points, table.error, shown.axis_names)


def _embedding(model: Model, options: MapOptions) -> np.ndarray | None:
    config = options.embedding(model)
    return None if config is None else cached.embedding(model, config)


def _with_posteriors(panel: MapPanel, model: Model, options: MapOptions) -> MapPanel:
    """Return the panel of a run with its posteriors and priors if it has some, and with its samples if asked for."""
    if options.embedding(model) is not None:
        return panel
    config = model.config.model
    shown = projections.projected(model, options.dimensions, options.axes)
    if config.is_variational and options.dimensions == 2 and config.latent_dim > 1:
        centres = shown.apply(prior_means(config)).tolist()
        labels = [None] if len(centres) == 1 else range(len(centres))
        priors = tuple(Prior(centre=(x, y), label=label) for (x, y), label in zip(centres, labels, strict=True))
        panel = replace(panel, priors=priors)
    if not posteriors.has_posteriors(model):
        return panel
    if options.dimensions == 2 and config.latent_dim > 1:
        panel = replace(panel, posteriors=Posteriors(shapes=posteriors.posterior_ellipses(model, options.axes)))
    if options.seed is None or config.latent_dim == 1:
        return panel
    return move_points(panel, shown.apply(posteriors.posterior_samples(model, options.seed)))
