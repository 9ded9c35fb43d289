"""What the page computes once for all visitors: measures, images of the extremes, decoded pushes, charts."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from aeviz.analysis.units import (
    LEVELS,
    UnitMeasures,
    activation_levels,
    example_of_push,
    extremes,
    histogram,
    measure_units,
    push,
)
from aeviz.data import ImageDataset
from aeviz.figures.images import enlarge, shrink, tile, to_small_uri
from aeviz.figures.units import activation_histogram, class_mean_bars, pushed_table
from aeviz.language import number, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import TILE_PX, decoded, is_large
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.reading import read_by_pixels
from aeviz.web.units.words import format_value, name_unit

ON_CARD, CARD_TILE_PX = 6, 32
"""Images on a card of the overview, and the longest side to which each is shrunk, in pixels."""
AT_EACH_END, COLUMNS, GRID_PX = 12, 6, 360
"""Images that excite a unit most and least, those in a row, and about the width of their grid in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """The images that excite a unit most and least."""

    most: str
    """Grid of them, the first most, as a data URI."""
    least: str
    high: tuple[float, float]
    """Activation of the first and the last image of `most`."""
    low: tuple[float, float]


@shared(max_entries=32)  # 60 kB each for 10 classes and 512 units
def measures(model: Model) -> UnitMeasures:
    """Return the measures of a model's units, which must have latents."""
    table = model.require_latents()
    return measure_units(table.z, table.labels)


@shared(max_entries=16)  # 2 kB a unit
def cards(model: Model, is_original: bool, _dataset: ImageDataset | None) -> tuple[str, ...]:
    """Return for each unit the row of images that excite it most, as a data URI.

    Args:
        model: The model, which must have latents.
        is_original: Whether the originals are shown; otherwise their codes, decoded.
        _dataset: The originals, where they are shown.
    """
    z = model.require_latents().z
    best = np.stack([extremes(z[:, unit], ON_CARD)[0] for unit in range(z.shape[1])])
    different, places = np.unique(best, return_inverse=True)  # an image that excites several units is decoded once
    images = shrink(_images(model, different, _dataset), CARD_TILE_PX)
    return tuple(to_small_uri(tile(images[row], best.shape[1])) for row in places.reshape(best.shape))


@shared(max_entries=64)  # 2 kB a unit
def card_style(model: Model, units: tuple[int, ...], is_original: bool, _dataset: ImageDataset | None) -> str:
    """Return the style sheet that puts the images of each unit on its card, a button with the key choose-zN.

    One style sheet and a button a card cost the server a third of an image, a button and a caption a card.
    """
    rows = cards(model, is_original, _dataset)
    height, width = (min(side, CARD_TILE_PX) for side in model.config.model.image_shape[1:])
    tiles = min(ON_CARD, len(model.require_latents().z))
    rules = "".join(
        f".st-key-choose-{name_unit(unit)} button::before{{background-image:url({rows[unit]})}}" for unit in units
    )
    return f"""<style>
.st-key-unit-cards {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0.5rem; }}
.st-key-unit-cards > *, .st-key-unit-cards > * > * {{ width: auto !important; height: 100%; }}
.st-key-unit-cards button {{ flex-direction: column; justify-content: start; padding: 0 0 0.25rem; overflow: hidden;
  width: 100%; height: 100%; }}
.st-key-unit-cards button strong ~ span {{ display: block; font-size: 0.8rem !important; line-height: 1.2; }}
.st-key-unit-cards button::before {{ content: ""; width: 100%; aspect-ratio: {tiles * width} / {height};
  background-size: 100% 100%; image-rendering: {"auto" if is_large(model) else "pixelated"}; }}
[data-testid=stLayoutWrapper]:has(> .st-key-unit-list), .st-key-unit-list {{ max-height: 78vh; }}
@media (max-width: 40rem) {{
  [data-testid=stLayoutWrapper]:has(> .st-key-unit-list), .st-key-unit-list {{ max-height: 21rem; }}
}}
@media (min-width: 40rem) {{
  .stColumn:has(.st-key-unit-list) > * {{ position: sticky; top: 4rem; height: fit-content; flex: none; }}
}}
{rules}</style>"""


@shared(max_entries=256)  # 20 kB each
def extreme_images(model: Model, unit: int, is_original: bool, _dataset: ImageDataset | None) -> Extremes:
    """Return the images at both ends of a unit; arguments as in `cards`, and the unit, from 0."""
    activation = model.require_latents().z[:, unit]
    most, least = extremes(activation, AT_EACH_END)
    grids = [_uri(model, shrink(_images(model, each, _dataset), TILE_PX), COLUMNS, GRID_PX) for each in (most, least)]
    return Extremes(
        most=grids[0],
        least=grids[1],
        high=(float(activation[most[0]]), float(activation[most[-1]])),
        low=(float(activation[least[0]]), float(activation[least[-1]])),
    )


@shared(max_entries=1024)  # 40 bytes each
def levels(model: Model, unit: int) -> np.ndarray:
    """Return the activations that a unit is set to, (5,), float64."""
    return activation_levels(model.require_latents().z[:, unit])


@shared(max_entries=1024)  # an integer each
def example(model: Model, unit: int) -> int:
    """Return the test image in whose code the page pushes a unit, from 0, at first: one that shows what the unit does.

    The unit stands for the class that excites it most, or without classes for the tenth of the images that do.
    """
    table, best = model.require_latents(), measures(model).best_class
    activation = table.z[:, unit]
    if best is None or table.labels is None:
        return example_of_push(table.z, unit, activation > np.quantile(activation, 0.9))
    return example_of_push(table.z, unit, table.labels == best[unit])


@shared(max_entries=256)  # 15 kB each, 65 kB for faces
def pushed(model: Model, unit: int, is_dark: bool, language: str) -> str:
    """Return HTML: images decoded from the median code while a unit, from 0, is pushed; the model must have latents."""
    values, code = levels(model, unit), model.summary.median
    images = decoded(model, np.concatenate([code[None].astype(np.float32), push(code, unit, values)]))
    heads = [
        (tr("as it is"), ""),
        *((number(level, ".0%"), format_value(value)) for level, value in zip(LEVELS, values, strict=True)),
    ]
    rows = [(tr("From the median code"), shrink(images, TILE_PX))]
    return pushed_table(heads, rows, unit=name_unit(unit), smooth=is_large(model), is_dark=is_dark)


@shared(max_entries=1024)  # three numbers each
def read_push(model: Model, unit: int, image: int) -> tuple[int, int, int] | None:
    """Return the class of a test image, and those that it is read as with the unit at its lowest and at its highest.

    Args:
        model: The model, which must have latents.
        unit: From 0.
        image: Index in the test set.

    Returns:
        None where the test images are not on this machine or have no classes.
    """
    table = model.require_latents()
    if table.labels is None:
        return None
    images = decoded(model, push(table.z[image], unit, levels(model, unit)[[0, -1]]))
    votes = read_by_pixels(model, images, np.array([image, image]))
    return None if votes is None else (int(table.labels[image]), int(votes[0]), int(votes[1]))


@shared(max_entries=256)  # 3 kB each
def spread_figure(model: Model, unit: int, language: str) -> go.Figure:
    """Return the histogram of a unit's activations, with the target of a sparsity penalty where there is one.

    Codes in (0, 1) are mostly near 0: a logarithmic axis shows the few images that excite the unit.
    """
    counts, edges = histogram(model.require_latents().z[:, unit])
    mean = float(measures(model).mean[unit])
    return activation_histogram(
        counts,
        edges,
        mean,
        name=name_unit(unit),
        target=sparsity_target(model),
        logarithmic=has_positive_codes(model),
    )


@shared(max_entries=256)  # 1 kB each
def class_figure(model: Model, unit: int, language: str) -> go.Figure:
    """Return the mean activation of a unit by class; the images must have classes."""
    found = measures(model)
    return class_mean_bars(found.class_means[:, unit].tolist(), found.labels.tolist(), model.class_names)


def has_positive_codes(model: Model) -> bool:
    """Whether activations are in (0, 1), so that their mean says how active a unit is."""
    return model.config.model.latent == "sigmoid"


def sparsity_target(model: Model) -> float | None:
    """Return the mean activation that the model's KL sparsity penalty aims at; None without that penalty."""
    objective = model.config.objective
    has_target = objective.penalty == "kl_sparsity" and objective.penalty_weight > 0
    return objective.sparsity if has_target else None


def _images(model: Model, indices: np.ndarray, dataset: ImageDataset | None) -> np.ndarray:
    """Return test images, (N, C, H, W): the originals, or without them their codes decoded."""
    return decoded(model, model.require_latents().z[indices]) if dataset is None else dataset.images[indices]


def _uri(model: Model, images: np.ndarray, columns: int, width: int) -> str:
    return to_small_uri(enlarge(tile(images, columns), 2 * width, smooth=is_large(model)))
