"""Plotly figures of a true posterior in the plane beside Gaussians, and of bounds on ln p(x)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.palette import FIRST, SECOND, UNLABELLED
from aeviz.lab.gaussian_bounds import PlaneGaussian
from aeviz.lab.plane_integral import PlanePosterior
from aeviz.language import number, tr, trn

POSTERIOR, ENCODER, BEST = FIRST, SECOND, "#b565a7"
"""Colours of the true posterior, of the encoder's Gaussian and of the best one."""
DEVIATIONS = (1, 2, 3)
"""Contours of the posterior hold the mass that a Gaussian has within so many standard deviations."""
_MESH = 100
"""Cells of the drawn mesh along the longer side, at most."""
_FAR = 4.5
"""Standard deviations that a cell without mass counts as."""
_ANGLES = np.linspace(0, 2 * np.pi, 73)
_ROWS_PX, _FRAME_PX = 34, 90


def posterior_plane(
    posterior: PlanePosterior, q: PlaneGaussian, best: PlaneGaussian, draws: np.ndarray, log_weights: np.ndarray
) -> go.Figure:
    """Draw the true posterior as filled contours, two Gaussians as ellipses, and draws as points.

    Contours hold 39, 86 and 99 % of the mass, ellipses stand at one and two standard deviations: where the posterior is
    the Gaussian, they coincide.

    Args:
        posterior: p(z | x).
        q: The encoder's Gaussian.
        best: The best one of its family.
        draws: Draws from q, (K, 2).
        log_weights: ln p(x, z) - ln q(z) at them, (K,); a draw's area is its share of the weight.
    """
    figure = go.Figure()
    figure.add_traces(_contours(posterior))
    for gaussian, colour, dash, name in ((q, ENCODER, "solid", tr("encoder's q")), (best, BEST, "dot", tr("best q"))):
        for deviations in DEVIATIONS[:2]:
            figure.add_trace(_ellipse(gaussian, deviations, colour, dash, name))
    share = np.exp(log_weights - log_weights.max())
    share /= share.sum()
    figure.add_trace(
        go.Scatter(
            x=draws[:, 0],
            y=draws[:, 1],
            mode="markers",
            name=tr("draws, area: share of the weight"),
            marker={
                "color": ENCODER,
                "size": 4 + 16 * np.sqrt(share),
                "opacity": 0.75,
                "line": {"color": "white", "width": 0.5},
            },
            customdata=share,
            hovertemplate=tr("(%{x:.3f}, %{y:.3f})<br>share of the weight %{customdata:.2%}<extra>draw from q</extra>"),
        )
    )
    low, high = _window(posterior, (q, best))
    figure.update_layout(
        xaxis={"title": "z1", "range": [low[0], high[0]], "zeroline": False},
        yaxis={"title": "z2", "range": [low[1], high[1]], "scaleanchor": "x", "zeroline": False},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "itemsizing": "constant"},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        height=440,
    )
    return figure


def _contours(posterior: PlanePosterior) -> tuple[go.Heatmap, go.Contour]:
    """Return the tint of the posterior and its contours; Plotly's own filled contours know no transparency."""
    x, y, mass = _mesh(posterior)
    order = np.argsort(-mass, axis=None)
    denser = np.empty(mass.size)
    denser[order] = np.cumsum(mass.ravel()[order]) - mass.ravel()[order] / 2
    # the radius at which a Gaussian leaves as much mass outside
    radius = np.sqrt(-2 * np.log(np.maximum(1 - denser, math.exp(-(_FAR**2) / 2)))).reshape(mass.shape)
    radius[mass <= 0] = _FAR
    radius = radius.T.astype(np.float32)
    tint = go.Heatmap(
        x=x,
        y=y,
        z=radius,
        colorscale=[(0.0, _rgba(0.9)), (1 / 3, _rgba(0.6)), (2 / 3, _rgba(0.25)), (1.0, _rgba(0.0))],
        zmin=0,
        zmax=DEVIATIONS[-1],
        zsmooth="best",
        showscale=False,
        hoverinfo="skip",
    )
    lines = go.Contour(
        x=x,
        y=y,
        z=radius,
        contours={"start": DEVIATIONS[0], "end": DEVIATIONS[-1], "size": 1, "coloring": "none"},
        line={"color": POSTERIOR, "width": 2},
        showscale=False,
        showlegend=True,
        name=tr("true p(z|x)"),
        hoverinfo="skip",
    )
    return tint, lines


def _mesh(posterior: PlanePosterior) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a mesh over the cells of a posterior, with a ring around: centres along x, along y, and the masses."""
    places = np.rint((posterior.points - posterior.points.min(axis=0)) / posterior.spacing).astype(np.int64)
    factor = -(-int(places.max() + 1) // _MESH)
    blocks = places // factor + 1
    mass = np.zeros(blocks.max(axis=0) + 2)
    np.add.at(mass, (blocks[:, 0], blocks[:, 1]), posterior.mass)
    side = factor * posterior.spacing
    corner = posterior.points.min(axis=0) - posterior.spacing / 2 - side / 2
    x, y = (corner[axis] + side * np.arange(mass.shape[axis]) for axis in (0, 1))
    return x, y, mass


def _ellipse(gaussian: PlaneGaussian, deviations: int, colour: str, dash: str, name: str) -> go.Scatter:
    circle = deviations * np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
    points = gaussian.transform(circle)
    return go.Scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="lines",
        name=name,
        legendgroup=name,
        showlegend=deviations == 1,
        line={"color": colour, "width": 2.5 if deviations == 1 else 1.5, "dash": dash},
        hovertemplate=trn(
            "{name} at {count} standard deviation", "{name} at {count} standard deviations", deviations, name=name
        )
        + "<extra></extra>",
    )


def _window(posterior: PlanePosterior, gaussians: Sequence[PlaneGaussian]) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of what is shown: nearly all of the posterior, and the ellipses at two deviations."""
    seen = posterior.points[posterior.log_density >= posterior.highest_density(0.985)]
    reaches = [2 * np.sqrt(np.diag(gaussian.covariance)) for gaussian in gaussians]
    pairs = list(zip(gaussians, reaches, strict=True))
    low = np.min([seen.min(axis=0), *(gaussian.mean - reach for gaussian, reach in pairs)], axis=0)
    high = np.max([seen.max(axis=0), *(gaussian.mean + reach for gaussian, reach in pairs)], axis=0)
    room = 0.06 * float((high - low).max())
    return low - room, high + room


def _rgba(opacity: float) -> str:
    red, green, blue = (int(POSTERIOR[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A lower bound on ln p(x), in nats."""

    name: str
    value: float
    colour: str
    error: float = 0.0
    """Standard error of its estimate; 0 of none."""


def name_bounds(
    elbo: float, sampled: Mapping[int, tuple[float, float]], best: tuple[float, float], chosen: int | None = None
) -> list[Bound]:
    """Return the bounds that `bound_bars` draws, in their order.

    Args:
        elbo: Of the encoder's q.
        sampled: Importance-weighted bounds with their standard errors, by the number of draws K.
        best: ELBO of the best Gaussian without correlation, and of the best one.
        chosen: K in the encoder's colour.
    """
    return [
        Bound(name=tr("encoder's q: ELBO"), value=elbo, colour=ENCODER),
        *(
            Bound(
                name=trn("K = {count} draw", "K = {count} draws", samples),
                value=value,
                colour=ENCODER if samples == chosen else UNLABELLED,
                error=error,
            )
            for samples, (value, error) in sampled.items()
        ),
        Bound(name=tr("best q, diagonal"), value=best[0], colour=BEST),
        Bound(name=tr("best q, correlated"), value=best[1], colour=BEST),
    ]


def bound_bars(bounds: Sequence[Bound], log_evidence: float) -> go.Figure:
    """Draw bounds as bars from the bound up to ln p(x): a bar's length is what the bound misses, in nats."""
    figure = go.Figure()
    names = [bound.name for bound in bounds]
    gaps = [log_evidence - bound.value for bound in bounds]
    figure.add_trace(
        go.Bar(
            y=names,
            x=gaps,
            base=[bound.value for bound in bounds],
            orientation="h",
            marker={"color": [bound.colour for bound in bounds], "line_width": 0},
            showlegend=False,
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            y=names,
            x=[bound.value for bound in bounds],
            error_x={"type": "data", "array": [bound.error for bound in bounds], "color": UNLABELLED, "width": 5},
            mode="markers",
            marker={"color": [bound.colour for bound in bounds], "size": 9},
            customdata=np.column_stack([gaps, [bound.error for bound in bounds]]),
            hovertemplate=tr(
                "%{y}: %{x:.2f} ± %{customdata[1]:.2f}<br>misses %{customdata[0]:.2f} nats<extra></extra>"
            ),
            showlegend=False,
            cliponaxis=False,
        )
    )
    figure.add_trace(
        go.Scatter(
            y=names,
            x=[bound.value - bound.error for bound in bounds],
            mode="text",
            text=[f"{number(bound.value, '.2f')}&nbsp;&nbsp;&nbsp;" for bound in bounds],
            textposition="middle left",
            hoverinfo="skip",
            showlegend=False,
            cliponaxis=False,
        )
    )
    figure.add_vline(x=log_evidence, line={"color": POSTERIOR, "width": 2.5})
    widest = max(*gaps, 0.05)
    figure.update_layout(
        xaxis={
            "title": tr("nats; the line is ln p(x)"),
            "range": [log_evidence - 1.45 * widest, log_evidence + 0.06 * widest],
        },
        yaxis={"autorange": "reversed", "type": "category"},
        margin={"l": 10, "r": 10, "t": 5, "b": 10},
        height=_FRAME_PX + _ROWS_PX * len(bounds),
        bargap=0.35,
    )
    return figure


def gap_bars(gaps: Mapping[str, float], mean: float) -> go.Figure:
    """Draw the mean gap ln p(x) - ELBO of each class as bars, with the mean of all as a line."""
    figure = go.Figure(
        go.Bar(
            x=list(gaps),
            y=list(gaps.values()),
            marker={"color": ENCODER, "line_width": 0},
            hovertemplate="%{x}: %{y:.2f} nats<extra></extra>",
        )
    )
    figure.add_hline(y=mean, line={"color": UNLABELLED, "width": 2, "dash": "dash"})
    figure.update_layout(
        xaxis={"title": tr("class"), "type": "category"},
        yaxis={"title": tr("mean gap in nats")},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        height=240,
    )
    return figure
