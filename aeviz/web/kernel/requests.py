"""Requests of the explorer to the server: images at latent points, where the page cannot decode them itself."""

import numpy as np
import streamlit as st

from aeviz.errors import AevizError
from aeviz.web.components.explorer.component import Request, read_request
from aeviz.web.components.explorer.payload import Response
from aeviz.web.components.kit.mount import state_of
from aeviz.web.kernel import spaces
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.models import Model

_Held = tuple[Response, np.ndarray | None]
"""The response, and images, (N, C, H, W), float32 in [0, 1], if it is about those."""


def take_request(key: str, model: Model) -> None:
    """Keep a request of the page until it has a response.

    Args:
        key: Identity of the explorer.
        model: The model whose latent space it shows.
    """
    request = read_request(state_of(key), model.config.model.latent_dim)
    if request is not None:
        st.session_state[_request(key)] = request
        st.session_state.pop(_response(key), None)


def response_of(key: str, model: Model, second: Model | None) -> _Held | tuple[None, None]:
    """Return the response to the page's last request, or nothing where there was none.

    It is computed once and sent with each run, since a run may be overtaken before its response reaches the page.
    """
    request: Request | None = st.session_state.get(_request(key))
    if request is None:
        return None, None
    held: _Held | None = st.session_state.get(_response(key))
    if held is None:
        held = st.session_state[_response(key)] = _respond(request, model, second)
    return held


def _respond(request: Request, model: Model, second: Model | None) -> _Held:
    points = np.array(request.points, dtype=np.float32)
    try:
        if request.model == 1 and second is not None:
            between = spaces.bridge(model, second)
            if between is None:
                images: np.ndarray = second.network().reconstruct(decoded(model, points)).numpy()
            else:
                images = decoded(second, between.apply(points))
        else:
            images = decoded(model, points)
    except AevizError as error:
        return Response(number=request.number, error=str(error)), None
    return Response(number=request.number), images


def _request(key: str) -> str:
    return f"{key}.request"


def _response(key: str) -> str:
    return f"{key}.response"
