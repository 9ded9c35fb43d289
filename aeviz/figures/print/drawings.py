"""The figures themselves, from arrays. Draw them within `sheet.rules`."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from aeviz.figures.charts import COMPARED, moving_average
from aeviz.figures.images import GAP, tile
from aeviz.figures.palette import UNLABELLED, class_colour
from aeviz.figures.print.sheet import DPI, MM, new_figure

MOST_VECTOR = 5000
"""Points drawn one by one; more become an image, with which every reader copes."""
_LEGEND_MM = 5.0
"""Height of a row of the legend."""
_AXIS_MM = 10.0
"""Height of ticks and name of an axis."""
_THIN, _THICK = 0.6, 1.4
"""Widths of the curves of training and validation, in points."""


def print_map(
    points: np.ndarray,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    axis_names: Sequence[str],
    *,
    width_mm: float,
) -> Figure:
    """Draw points in the plane in the colours of their classes, both axes on one scale.

    Args:
        points: (N, 2), floating point.
        labels: Classes, (N,), integer, or None.
        class_names: Their names.
        axis_names: Two names.
        width_mm: Width of the figure.
    """
    columns = 5
    rows = 0 if labels is None else -(-len(class_names) // columns)
    figure = new_figure(width_mm, width_mm * 0.9 + rows * _LEGEND_MM)
    axes = figure.add_subplot()
    is_raster = len(points) > MOST_VECTOR
    size = float(np.clip(8 * (width_mm / 85) ** 2 * (300 / max(len(points), 1)) ** 0.5, 0.4, 8))
    groups = [(UNLABELLED, "points", np.ones(len(points), dtype=bool))]
    if labels is not None:
        groups = [(class_colour(label), name, labels == label) for label, name in enumerate(class_names)]
    order = np.random.default_rng(0).permutation(len(points))  # no class lies above all others
    if is_raster and labels is not None:
        colours = np.array([class_colour(int(label)) for label in labels])[order]
        axes.scatter(points[order, 0], points[order, 1], s=size, c=colours, linewidths=0, rasterized=True)
    else:
        for colour, name, members in groups:
            drawn = axes.scatter(
                points[members, 0], points[members, 1], s=size, color=colour, linewidths=0, rasterized=is_raster
            )
            drawn.set_gid(f"points-{name}")
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel(axis_names[0])
    axes.set_ylabel(axis_names[1])
    if labels is not None:
        dots = [Line2D([], [], marker="o", linestyle="", markersize=4, color=colour) for colour, _, _ in groups]
        figure.legend(
            dots, list(class_names), loc="outside lower center", ncols=columns, frameon=False, handletextpad=0.2
        )
    return figure


def print_plane(
    images: np.ndarray, bounds: tuple[float, float, float, float], axis_names: Sequence[str], *, width_mm: float
) -> Figure:
    """Draw images decoded all over a plane, each in its place.

    Args:
        images: (S * S, C, H, W), floats in [0, 1], row by row from the top.
        bounds: Left, right, lower and upper end of the plane.
        axis_names: Two names.
        width_mm: Width of the figure.
    """
    side = round(len(images) ** 0.5)
    figure = new_figure(width_mm, width_mm)
    axes = figure.add_subplot()
    axes.imshow(_enlarged(tile(images, side), width_mm), extent=bounds, aspect="auto", interpolation="nearest")
    axes.set_xlabel(axis_names[0])
    axes.set_ylabel(axis_names[1])
    return figure


def print_curves(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]], quantity: str, *, window: int, width_mm: float
) -> Figure:
    """Draw training (thin) and validation loss (thick) of runs over the epochs, the loss logarithmic.

    Args:
        curves: Run name to (epoch, training loss, validation loss), each (E,).
        quantity: What the loss is, for the axis.
        window: Epochs in the moving average; 1 for none.
        width_mm: Width of the figure.
    """
    figure = new_figure(width_mm, width_mm * 0.62 + _AXIS_MM + (len(curves) + 2 if len(curves) > 1 else 1) * _LEGEND_MM)
    axes = figure.add_subplot()
    handles = []
    for place, (name, (epochs, train_loss, val_loss)) in enumerate(curves.items()):
        colour = COMPARED[place % len(COMPARED)]
        dashes: Literal["-", "--"] = "-" if place < len(COMPARED) else "--"
        for values, width in ((train_loss, _THIN), (val_loss, _THICK)):
            smooth = moving_average(values, window) if window > 1 else values
            axes.plot(epochs, smooth, dashes, color=colour, linewidth=width)
        handles.append(Line2D([], [], color=colour, linestyle=dashes, linewidth=_THICK, label=name))
    if all((losses > 0).all() for curve in curves.values() for losses in curve[1:]):
        axes.set_yscale("log")
    axes.set_xlabel("epoch")
    axes.set_ylabel(quantity)
    colour = COMPARED[0] if len(curves) == 1 else "black"
    handles = handles if len(curves) > 1 else []
    for what, width in (("training (thin)", _THIN), ("validation (thick)", _THICK)):
        handles.append(Line2D([], [], color=colour, linewidth=width, label=what))
    figure.legend(handles=handles, loc="outside lower left", ncols=1 if len(curves) > 1 else 2, frameon=False)
    return figure


def print_reconstructions(rows: Mapping[str, np.ndarray], *, width_mm: float) -> Figure:
    """Draw rows of images below each other, with the name of each row.

    Args:
        rows: Name to images, (N, C, H, W), floats in [0, 1]; all of one shape.
        width_mm: Width of the figure.
    """
    shape = next(iter(rows.values())).shape
    row_mm = width_mm / shape[0] * (shape[2] + GAP) / (shape[3] + GAP)
    figure = new_figure(width_mm, (row_mm + _LEGEND_MM) * len(rows))
    for place, (name, images) in enumerate(rows.items()):
        axes = figure.add_subplot(len(rows), 1, place + 1)
        axes.imshow(_enlarged(tile(images, shape[0]), width_mm), interpolation="nearest")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        axes.set_title(name, loc="left", pad=2)
    return figure


def _enlarged(picture: np.ndarray, width_mm: float) -> np.ndarray:
    """Return a picture enlarged by a whole factor to the resolution of print, so that no viewer blurs its pixels."""
    factor = max(1, round(width_mm * MM * DPI / picture.shape[1]))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)
