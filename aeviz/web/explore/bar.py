"""The bar above the map: which models, and how they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from aeviz.language import tr
from aeviz.web.decoder.explorer import DECODED_PLANE, MAP, SHOWN
from aeviz.web.explore.plane import pick_axes
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import NO_COMPARISON, has, pick_model, pick_second
from aeviz.web.kernel.spaces import AxesName
from aeviz.web.map.controls import MapOptions, pick_map_options

_KEY = "explore-bar"
_STYLE = f"""<style>
.st-key-{_KEY} > div:has([data-testid="stSelectbox"]) {{ flex: 1 1 8rem; width: auto !important; min-width: 8rem; }}
.st-key-{_KEY} > div:has([data-testid="stPopover"]) {{ flex: none; width: auto !important; }}
@media (max-width: 40rem) {{
  .st-key-{_KEY} {{
    flex-wrap: nowrap; overflow-x: auto; scrollbar-width: thin; padding-right: 2.5rem;
    mask-image: linear-gradient(to right, #000 calc(100% - 2.5rem), #0003);
  }}
  .st-key-{_KEY} > div {{ flex: none !important; }}
}}
</style>"""
"""All choices stand in one row where there is room for them, and in a row to swipe through on a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown of the models."""

    options: MapOptions | None = None
    """How the map of the test images is drawn; None where the decoded plane takes its place."""
    axes: AxesName = "latent"
    """The axes of the decoded plane."""


def show_bar(found: Mapping[str, Model]) -> tuple[Model, Model | None, Shown]:
    """Let the visitor choose one or two of the models and how they are shown; all is in the URL.

    Args:
        found: The models on offer, which have statistics of their latent space.
    """
    st.html(_STYLE)
    bar = st.container(horizontal=True, vertical_alignment="bottom", key=_KEY, gap="small")
    with bar:
        first = pick_model(found)
        is_map = _pick_shown(first) == MAP
        offered = {name: model for name, model in found.items() if has(model, "latents")} if is_map else found
        second = pick_second(offered, first, mapped=is_map, default=NO_COMPARISON)
        if not is_map:
            return first, second, Shown(axes=pick_axes(first))
    return first, second, Shown(options=pick_map_options(first, second, bar))


def _pick_shown(model: Model) -> str:
    """Let the visitor choose between the map of the test images and the decoded plane.

    A map of two dimensions is that plane: there the choice is offered only to those who came with it.
    """
    if not has(model, "latents"):
        return DECODED_PLANE
    is_asked = DECODED_PLANE in (st.query_params.get(SHOWN), st.session_state.get(SHOWN))
    if model.config.model.latent_dim == 2 and not is_asked:
        return MAP
    chosen = choose(
        st.segmented_control,
        tr("Show"),
        [MAP, DECODED_PLANE],
        default=MAP if model.has_latents else DECODED_PLANE,  # else all test images are encoded first
        required=True,
        key=SHOWN,
        help=tr("The map of the encoded test images, or a plane of two axes covered by the images decoded there."),
    )
    return str(chosen)
