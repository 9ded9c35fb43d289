"""One unit of a bottleneck: how its activation is spread, which class excites it, and what a change of it does."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.images import change_map, to_grey_or_rgb, to_small_uri
from aeviz.figures.palette import FIRST, SECOND, class_colour
from aeviz.language import number, tr

HEIGHT_PX = 250
"""Height of each of the charts."""
_TABLE = "<table style='border-collapse:collapse;width:100%;table-layout:fixed;font-size:0.8125rem;text-align:center'>"
_CELL = "style='padding:2px;font-weight:400;border:0'"


def activation_histogram(
    counts: np.ndarray,
    edges: np.ndarray,
    mean: float,
    *,
    name: str,
    target: float | None = None,
    logarithmic: bool = False,
) -> go.Figure:
    """Draw how many images have an activation in each interval, with the mean and the target of a sparsity penalty.

    Args:
        counts: Images, (B,), integer.
        edges: Bounds of the intervals, (B + 1,), float64.
        mean: Mean activation.
        name: Name of the unit.
        target: Target activation of the sparsity penalty; None without one.
        logarithmic: Whether the axis of the images is logarithmic.
    """
    middles = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure(
        go.Bar(
            x=middles,
            y=counts,
            width=np.diff(edges),
            marker={"color": FIRST, "line_width": 0},
            hovertemplate=tr("activation about %{x:.3g}: %{y:,} images<extra></extra>"),
        )
    )
    lines = [(mean, "solid", tr("mean {value} (solid)", value=number(mean, ".3g")))]
    if target is not None:
        lines.append((target, "dash", tr("target {value} (dashed)", value=number(target, ".3g"))))
    for value, dash, _ in lines:
        figure.add_vline(x=value, line={"color": SECOND, "width": 2, "dash": dash})
    text = "<br>".join(words for _, _, words in lines)
    figure.add_annotation(  # on the left, clear of the button that saves the figure
        x=0, y=1, xref="paper", yref="paper", text=text, showarrow=False, xanchor="left", yanchor="bottom", align="left"
    )
    figure.update_layout(
        xaxis_title=tr("activation of {unit}", unit=name),
        yaxis={
            "title": tr("test images"),
            "type": "log" if logarithmic else "linear",
            "dtick": 1 if logarithmic else None,
        },
        bargap=0,
        showlegend=False,
        margin={"l": 10, "r": 10, "t": 44, "b": 10},
        height=HEIGHT_PX,
    )
    return figure


def class_mean_bars(means: Sequence[float], labels: Sequence[int], class_names: Sequence[str]) -> go.Figure:
    """Draw the mean activation of a unit over the images of each class as bars, in the colour of the map.

    Args:
        means: Mean activation of each class.
        labels: The classes, as many.
        class_names: Names of all classes.
    """
    figure = go.Figure(
        go.Bar(
            x=[class_names[label] for label in labels],
            y=list(means),
            marker_color=[class_colour(label) for label in labels],
            hovertemplate="%{x}: %{y:.3g}<extra></extra>",
        )
    )
    figure.update_layout(
        xaxis={"title": tr("class"), "type": "category"},
        yaxis_title=tr("mean activation"),
        showlegend=False,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=HEIGHT_PX,
    )
    return figure


def pushed_table(
    heads: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, np.ndarray]],
    *,
    unit: str,
    smooth: bool = False,
    is_dark: bool = False,
) -> str:
    """Return HTML: images decoded while one unit is set to several values, and how the last differs from the second.

    It is a table and no picture, so that its texts have the colour and the size of the page.

    Args:
        heads: Two lines above each of S columns: the level and the value.
        rows: Title of each row and its images, (S, C, H, W), floats in [0, 1]: first the unchanged one.
        unit: Name of the unit, for those who hear the page.
        smooth: Whether images are enlarged smoothly and not as squares.
        is_dark: Whether it stands on a dark page.
    """
    look = f"display:block;width:100%;image-rendering:{'auto' if smooth else 'pixelated'}"

    def cell(picture: np.ndarray, words: str) -> str:
        uri = to_small_uri(picture)
        return f"<td {_CELL}><img src='{uri}' alt='{escape(words, quote=True)}' style='{look}'></td>"

    body = ""
    for title, images in rows:
        cells = [
            cell(picture, f"{title}: {tr('{unit} at {value}', unit=unit, value=value) if value else f'{unit} {level}'}")
            for picture, (level, value) in zip(to_grey_or_rgb(images), heads, strict=True)
        ]
        change = change_map(images[-1].astype(np.float64) - images[1], is_dark=is_dark)
        cells.append(cell(change, f"{title}: {tr('difference')}"))
        body += f"<tr><th colspan='{len(cells)}' scope='rowgroup' {_CELL}>{escape(title)}</th></tr><tr>"
        body += "".join(cells) + "</tr>"
    top = "".join(
        f"<th scope='col' {_CELL}>{escape(level)}<br>{escape(value) or '&nbsp;'}</th>"
        for level, value in [*heads, (tr("change"), tr("{low} to {high}", low=heads[1][0], high=heads[-1][0]))]
    )
    return f"{_TABLE}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
