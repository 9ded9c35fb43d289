"""A handle on the plot of a surface that sets where the methods start."""

import math
from collections.abc import Callable, Mapping, Sequence

from aeviz.web.components.kit.mount import Component
from aeviz.web.components.kit.prediction import Question, style_with_question

_component = Component(
    name="surface", script="surface/surface.js", style=style_with_question("surface/surface.css"), events=("start",)
)


def surface_start(
    plot: str,
    *,
    low: tuple[float, float],
    high: tuple[float, float],
    start: tuple[float, float],
    surface: str,
    steps: int,
    limit: float,
    methods: Sequence[Mapping[str, object]],
    question: Question | None,
    key: str,
    on_start: Callable[[], None],
) -> None:
    """Let the visitor set the start by click, drag or arrow keys on a plot.

    Args:
        plot: Key of the Plotly chart, whose axes show the window below and stay as they are.
        low: Lower left corner of the window.
        high: Upper right corner.
        start: Where the methods start now.
        surface: Name of the function, as in `aeviz.lab.surfaces.SURFACES`.
        steps: Steps that each method takes.
        limit: Size of a coordinate at which a trajectory ends.
        methods: Name, colour and settings of each, as surface/descents.js has them: it draws them during a drag.
        question: What is asked before the film; None lets the film alone answer.
        key: Identity of the handle.
        on_start: Called before the run that a new start begins; `read_start` tells it.
    """
    data = {
        "plot": plot,
        "low": list(low),
        "high": list(high),
        "start": list(start),
        "surface": surface,
        "steps": steps,
        "limit": limit,
        "methods": list(methods),
        "question": question.to_json() if question else None,
    }
    _component.show(data, key=key, callbacks={"start": on_start})


def read_start(state: object, low: tuple[float, float], high: tuple[float, float]) -> tuple[float, float] | None:
    """Return the start that the component with this state sent, inside the window; None for anything else.

    Args:
        state: `kit.mount.state_of(key)`; any browser may have made it up.
        low: Lower left corner of the window.
        high: Upper right corner.
    """
    sent = state.get("start") if isinstance(state, dict) else None
    if not isinstance(sent, list) or len(sent) != len(low):
        return None
    if not all(type(value) in (int, float) and abs(value) < math.inf for value in sent):  # no NaN is below
        return None
    x, y = (float(min(max(value, bottom), top)) for value, bottom, top in zip(sent, low, high, strict=True))
    return x, y
