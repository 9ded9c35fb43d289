"""The first screen: a latent plane that decodes under the pointer, and where to begin."""

from collections.abc import Mapping

import streamlit as st

from aeviz.language import mark, tr
from aeviz.web.components.explorer.component import explorer
from aeviz.web.components.explorer.payload import View, view_payload
from aeviz.web.home.search import find_models
from aeviz.web.kernel import spaces
from aeviz.web.kernel.client_inference import prepare_networks
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.own_decoder import own_decoder_view, send_own_decoder
from aeviz.web.kernel.page import MODEL, errors_as_messages
from aeviz.web.kernel.requests import response_of, take_request

LIVE = ("vae-2d", "digits-2d-adam")
"""Models with a latent plane that ship; the first one that is here is shown."""
SIDE = 10
"""Images along each side of the decoded plane."""
_KEY = "home-live"
_STYLE = """<style>
[class*="st-key-start-"] { padding: 0.35rem 0.75rem 0.5rem; }
[class*="st-key-start-"] [data-testid="stPageLink-NavLink"] { padding-left: 0; }
.st-key-find-links [data-testid="stPageLink-NavLink"] { padding: 0.2rem 0; height: auto; min-height: 1.6rem; }
.st-key-find-links p { white-space: normal; }
@media (min-width: 75rem) { .st-key-home-plane { min-height: 30rem; } }
</style>"""
"""Cards that hold two lines each; what is below the plane stays where it is while the plane is made."""
STARTS: tuple[tuple[str, str, str, dict[str, str], str], ...] = (
    (
        mark("Explore a latent space"),
        "pages/explore.py",
        ":material/scatter_plot:",
        {},
        mark("10,000 test images as points: drag anywhere to decode, click one to see it."),
    ),
    (
        mark("Train your own network"),
        "pages/playground.py",
        ":material/toys_and_games:",
        {},
        mark("Press Play: your browser trains it, and the latent plane forms before your eyes."),
    ),
    (
        mark("Take a lesson"),
        "pages/lessons.py",
        ":material/school:",
        {},
        mark("Predict first, then look: alone, or as a class on one code."),
    ),
    (
        mark("Encode your own image"),
        "pages/explore.py",
        ":material/draw:",
        {"own": "true"},
        mark("Draw a digit or upload a photo, and see its point on the map."),
    ),
    (
        mark("Adam and AMSGrad"),
        "pages/explore.py",
        ":material/compare:",
        {MODEL: "mlp-2d-adam", "with.mlp-2d-adam": "mlp-2d-amsgrad"},
        mark("One network, two optimizers: their maps side by side."),
    ),
    (
        mark("VAE and MSSIM-VAE"),
        "pages/explore.py",
        ":material/face:",
        {MODEL: "celeba-vae", "with.celeba-vae": "celeba-msssim-vae"},
        mark("Faces: two losses decode the same point."),
    ),
)
"""Label, page, icon, address and one line on each start."""


def show_first_screen(found: Mapping[str, Model]) -> None:
    """Show the plane of a model that ships beside the starts; without such a model the starts alone."""
    model = _live_model(found)
    if model is None:
        find_models(found)
        _show_starts(found)
        return
    plane, starts = st.columns([9, 4], gap="large")
    with plane:
        prepare_networks(model)
        with st.container(key="home-plane"):
            _show_plane(model)
        st.page_link(
            "pages/explore.py",
            label=tr("Explore {model}: its map, its images, its decoder", model=model.name),
            icon=":material/open_in_full:",
            query_params={MODEL: model.name},
        )
    with starts:
        find_models(found)
        _show_starts(found)


def send_first_screen(found: Mapping[str, Model]) -> None:
    """Send what the plane needs; call it at the end of the page."""
    model = _live_model(found)
    if model is not None:
        send_own_decoder(model)


def _live_model(found: Mapping[str, Model]) -> Model | None:
    return next((found[name] for name in LIVE if name in found and found[name].has_latents), None)


@st.fragment
def _show_plane(model: Model) -> None:
    with errors_as_messages():
        _show_decoded(model)


def _show_decoded(model: Model) -> None:
    space = spaces.space(model, "latent")
    shown = own_decoder_view(
        model,
        title=tr("Decoded by {model}", model=model.name),
        alt=tr("Image decoded by {model} at the point under the pointer", model=model.name),
    )
    response, images = response_of(_KEY, model, None)
    view = View(
        view=f"{space.name}|{shown.network.name if shown.network is not None else shown.why}",
        space=space.name,
        point=tuple(spaces.basis(model, "latent").origin.tolist()),
        revision=0,
        pair=(0, 1),
        along=0,
        backdrop="images",
        side=SIDE,
        parts=("pad", "hover"),
        decoder_views=(shown,),
        response=response,
    )
    explorer(
        view_payload(view, images),
        key=_KEY,
        on_point=_ignore,
        on_view=_ignore,
        on_request=lambda: take_request(_KEY, model),
    )


def _show_starts(found: Mapping[str, Model]) -> None:
    st.html(_STYLE)
    for label, target, icon, address, words in STARTS:
        if MODEL in address and not {*address.values()} <= set(found):
            continue
        with st.container(border=True, gap=None, key=f"start-{label}"):
            st.page_link(target, label=f"**{tr(label)}**", icon=icon, query_params=address)
            st.caption(tr(words))


def _ignore() -> None:
    """Ignore where the visitor is on the plane: nothing else on the page depends on it."""
