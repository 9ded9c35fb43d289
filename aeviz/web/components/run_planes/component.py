"""Latent planes of compared runs: pointing at a run marks its plane, its curve and its dot, without a rerun."""

from collections.abc import Callable

from aeviz.web.components.kit.mount import Component, state_of
from aeviz.web.components.kit.prediction import style_with_question

_component = Component(
    name="run_planes",
    script="run_planes/run_planes.js",
    style=style_with_question("run_planes/run_planes.css"),
    events=("seed",),
)


def run_planes(payload: bytes, *, key: str, on_seed: Callable[[], None] | None = None) -> None:
    """Show the runs, a button each, with their latent planes.

    Args:
        payload: Made by `payload.run_planes_payload`.
        key: Identity on the page.
        on_seed: Called when the visitor chose a seed; `read_seed` tells which.
    """
    _component.show(payload, key=key, callbacks={"seed": on_seed} if on_seed else None)


def read_seed(key: str) -> str | None:
    """Return the seed that the visitor chose, as any browser may have sent it; None if there is none."""
    state = state_of(key)
    sent = state.get("seed") if isinstance(state, dict) else None
    return sent if isinstance(sent, str) else None
