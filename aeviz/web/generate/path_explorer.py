"""A path between latent points in the page: a slider, a button that plays it, and the decoded image."""

import numpy as np

from aeviz.web.components.explorer.component import explorer
from aeviz.web.components.explorer.payload import View, view_payload
from aeviz.web.kernel import spaces
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.own_decoder import own_decoder_view, send_own_decoder
from aeviz.web.kernel.requests import response_of, take_request


def show_path(model: Model, ends: np.ndarray, *, spherical: bool, key: str) -> None:
    """Show a slider along the path between latent points, (S, D), with the image that the page decodes there.

    Args:
        model: The model, which must have a summary; `send_path` must send what it needs.
        ends: The points, in the order of the path.
        spherical: Whether the path is an arc around the origin.
        key: Identity of the slider.
    """
    space = spaces.space(model, "latent")
    shown = own_decoder_view(model, title="On the path", alt=f"Image decoded by {model.name} on the path")
    response, images = response_of(key, model, None)
    waypoints = tuple(tuple(point.tolist()) for point in ends.astype(np.float64))
    view = View(
        view=f"{space.name}|{spherical}|{waypoints}|{shown.network.name if shown.network is not None else shown.why}",
        space=space.name,
        point=waypoints[0],
        revision=0,
        pair=(0, min(1, ends.shape[1] - 1)),
        along=0,
        backdrop="images",
        side=1,
        parts=("path",),
        decoder_views=(shown,),
        waypoints=waypoints,
        spherical=spherical,
        response=response,
    )
    explorer(
        view_payload(view, images),
        key=key,
        on_point=_ignore,
        on_view=_ignore,
        on_request=lambda: take_request(key, model),
    )


def send_path(model: Model) -> None:
    """Send the page what `show_path` needs; call it at the end of the page, outside of fragments."""
    if model.has_summary:
        send_own_decoder(model)


def _ignore() -> None:
    """Ignore where the visitor is on the path: nothing else on the page depends on it."""
