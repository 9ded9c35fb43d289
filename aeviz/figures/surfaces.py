"""Plotly figures of optimizers on surfaces: the film of their trajectories, their values and step sizes."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.method_lines import COLOURS, DASHES, DRAWN, MARGIN, method_curves, method_line, style_axes, thin
from aeviz.figures.palette import DARK_GROUND
from aeviz.figures.surface_image import surface_image
from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.surfaces import Surface, Trajectory
from aeviz.language import tr

FRAMES, TAIL = 50, 6
"""Pictures of the film after the first, at most; points behind the head of a trajectory."""
FILM_MS = 3000
"""Length of the film, about."""
_WINDOW = {"constrain": "domain", "zeroline": False, "showgrid": False}


def surface_film(
    surface: Surface, trajectories: Mapping[MethodName, Trajectory], *, is_dark: bool = False
) -> go.Figure:
    """Draw the trajectories of methods over a surface's contours, as a film that plays them step by step.

    Each trajectory is drawn whole, and the film moves a head with a short tail along it. Whole trajectories in each
    frame would take ten times as long to build and to send.

    Args:
        surface: The function; its contours are those of the logarithm of f above its minimum.
        trajectories: Method to its trajectory.
        is_dark: Whether the page is dark.
    """
    (x_low, y_low), (x_high, y_high) = surface.low, surface.high
    figure = go.Figure(
        go.Scatter(
            x=[point[0] for point in surface.minimisers],
            y=[point[1] for point in surface.minimisers],
            mode="markers",
            name=tr("minimum"),
            marker={"symbol": "star", "size": 13, "color": "#ffa90e", "line": {"width": 1, "color": "black"}},
            hovertemplate=tr("minimum at (%{x:.3f}, %{y:.3f})") + "<extra></extra>",
        )
    )
    longest = max(trajectory.trace.steps for trajectory in trajectories.values())
    widths = {name: 2.5 + 1.5 * below for below, name in enumerate(reversed(list(trajectories)))}
    hover = tr("step %{customdata[0]}: (%{x:.3f}, %{y:.3f})")
    for name, trajectory in trajectories.items():  # edges, below all trajectories
        kept = thin(len(trajectory.points), DRAWN)
        figure.add_trace(
            go.Scatter(
                x=np.round(trajectory.points[kept, 0], 4),
                y=np.round(trajectory.points[kept, 1], 4),
                mode="lines",
                name=METHODS[name].title,
                showlegend=False,
                hoverinfo="skip",
                line={"color": DARK_GROUND if is_dark else "white", "width": widths[name] + 3},
            )
        )
    for name, trajectory in trajectories.items():
        kept = thin(len(trajectory.points), DRAWN)
        width = widths[name]  # wider than those above it: methods share a valley's floor
        figure.add_trace(
            go.Scatter(
                x=np.round(trajectory.points[kept, 0], 4),
                y=np.round(trajectory.points[kept, 1], 4),
                customdata=np.column_stack([kept, trajectory.values[kept]]),
                mode="lines",
                name=METHODS[name].title,
                line={"color": COLOURS[name], "width": width, "dash": DASHES[name]},
                hovertemplate=f"{hover}<br>f = %{{customdata[1]:.4g}}<extra>{METHODS[name].title}</extra>",
            )
        )
    heads = {name: len(figure.data) + place for place, name in enumerate(trajectories)}
    for name, trajectory in trajectories.items():
        figure.add_trace(
            go.Scatter(
                **_head(trajectory.points, longest),
                mode="lines+markers",
                name=METHODS[name].title,
                showlegend=False,
                hoverinfo="skip",
                line={"color": COLOURS[name], "width": 5},
                marker={"size": [4] * TAIL + [13], "color": COLOURS[name], "line": {"width": 1, "color": "white"}},
            )
        )
    steps = _spread(longest)
    figure.frames = [
        go.Frame(
            name=str(step),
            traces=list(heads.values()),
            data=[go.Scatter(**_head(trajectory.points, step)) for trajectory in trajectories.values()],
        )
        for step in steps
    ]
    figure.update_layout(
        xaxis={"title": "x", "range": [x_low, x_high], **_WINDOW},
        yaxis={"title": "y", "range": [y_low, y_high], "scaleanchor": "x", "constraintoward": "top", **_WINDOW},
        images=[
            {
                "source": surface_image(surface, is_dark),
                "xref": "x",
                "yref": "y",
                "x": x_low,
                "y": y_high,
                "sizex": x_high - x_low,
                "sizey": y_high - y_low,
                "sizing": "stretch",
                "layer": "below",
            }
        ],
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "itemwidth": 50},
        modebar={"orientation": "v"},
        dragmode=False,  # a drag moves the start
        margin={**MARGIN, "r": 40},
        height=165 + round(430 * min(1.0, (y_high - y_low) / (x_high - x_low))),
        uirevision=surface.name,
        updatemenus=[_play_buttons(len(steps))],
        sliders=[
            {
                "active": len(steps) - 1,
                "currentvalue": {"prefix": tr("step") + " "},
                "pad": {"t": 30},
                "steps": [
                    {
                        "label": str(step),
                        "method": "animate",
                        "args": [[str(step)], {"mode": "immediate", "frame": {"duration": 0, "redraw": False}}],
                    }
                    for step in steps
                ],
            }
        ],
    )
    return figure


def _spread(steps: int) -> list[int]:
    """Return round steps from 0 on, evenly spaced, and the last one."""
    least = max(1.0, steps / FRAMES)
    power = 10 ** int(np.log10(least))
    stride = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    return [*range(0, steps, stride), steps]


def _head(points: np.ndarray, step: int) -> dict[str, list[float]]:
    """Return the point after a step, or the last one of a trajectory that ended before, behind those that led there."""
    places = np.clip(np.arange(step - TAIL, step + 1), 0, len(points) - 1)
    return {"x": np.round(points[places, 0], 3).tolist(), "y": np.round(points[places, 1], 3).tolist()}


def _play_buttons(frames: int) -> dict[str, object]:
    """Return the buttons that the page's own one presses; the page hides them, and a saved figure shows nothing."""
    frame = {"duration": max(40, FILM_MS // frames), "redraw": False}
    pace = {"frame": frame, "transition": {"duration": 0}, "fromcurrent": True}
    stop = {"frame": {"duration": 0, "redraw": False}, "mode": "immediate"}
    return {
        "type": "buttons",
        "showactive": False,
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "bgcolor": "rgba(0,0,0,0)",
        "borderwidth": 0,
        "buttons": [
            {"label": " ", "method": "animate", "args": [None, pace]},
            {"label": " ", "method": "animate", "args": [[None], stop]},
        ],
    }


def value_curves(trajectories: Mapping[MethodName, Trajectory], minimum: float) -> go.Figure:
    """Draw f above its least value against the step, on a logarithmic scale."""
    return method_curves(
        {name: np.maximum(trajectory.values - minimum, 1e-16) for name, trajectory in trajectories.items()},
        tr("f above its minimum"),
        "%{y:.3g}",
    )


def effective_steps(trajectories: Mapping[MethodName, Trajectory]) -> go.Figure:
    """Draw the effective step size of each method along x (strong) and y (faint) against the step."""
    figure = go.Figure()
    for name, trajectory in trajectories.items():
        for axis, label, opacity in ((0, "x", 1.0), (1, "y", 0.45)):
            values = trajectory.trace.effective[:, axis]
            kept = thin(len(values), DRAWN) if len(values) else np.zeros(0, dtype=int)
            kept = kept[np.isfinite(values[kept])]
            figure.add_trace(
                method_line(name, kept + 1, values[kept], f"{METHODS[name].title}, {label}", opacity, "%{y:.3g}")
            )
    return style_axes(figure, tr("step"), tr("effective step size"), is_log=True)
