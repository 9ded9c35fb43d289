"""The latent map of one or two models, and what the visitor does to it."""

from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

import numpy as np
import streamlit as st
from streamlit.errors import StreamlitAPIException

from aeviz.analysis.selection import Selection, points_in_selection
from aeviz.data import label_by_attribute
from aeviz.figures.palette import CLASS_COLOURS
from aeviz.language import mark, tr
from aeviz.training.latents import LatentTable
from aeviz.web.components.kit.mount import state_of
from aeviz.web.components.map.component import EVENTS, latent_map, read_event
from aeviz.web.components.map.overlay import map_overlay
from aeviz.web.components.map.overlay_payload import pack_overlay
from aeviz.web.components.map.payload import EllipseMode, FieldName, MapPanel, map_payload
from aeviz.web.kernel.client_inference import prepare_networks
from aeviz.web.kernel.images import originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages, has_just_arrived
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import UrlState, format_numbers, parse_number, parse_numbers, parse_share
from aeviz.web.map.captions import say_alignment, say_explained
from aeviz.web.map.chosen_image import show_image, show_neighbours, space_pictures
from aeviz.web.map.controls import MapOptions
from aeviz.web.map.embedding import settle_projection
from aeviz.web.map.inspector import INSPECTOR, go_to_image, send_inspector, show_inspector
from aeviz.web.map.layers import make_overlay, send_sprites
from aeviz.web.map.panels import map_panels, with_lifts
from aeviz.web.map.selection import show_selection
from aeviz.web.map.selection_url import selection_from_text, selection_to_text

IMAGE = UrlState("image", parse_number)
"""The chosen image."""
HIDDEN = UrlState("hidden", parse_numbers, format_numbers)
"""Labels of the hidden classes."""
ELLIPSES = UrlState[EllipseMode](
    "ellipses", lambda text: next((mode for mode in get_args(EllipseMode) if mode == text), None), default="chosen"
)
"""Whose posteriors are drawn."""
PRIOR = UrlState("prior", lambda text: text == "1", lambda is_drawn: "1" if is_drawn else "", default=False)
"""Whether the prior's contours are drawn."""
BLEND = UrlState("blend", parse_share, lambda share: format(share, ".2f").rstrip("0").rstrip("."), default=0.0)
"""What is shown, from 0, the points, to 1, the images decoded all over the plane."""
FIELD = UrlState[FieldName](
    "field", lambda text: next((name for name in get_args(FieldName) if name == text), None), default="none"
)
"""What is drawn over the plane."""
MORPH = UrlState("morph", parse_share, lambda share: format(share, ".2f").rstrip("0").rstrip("."))
"""The second map laid over the first, from 0, the points of the first, to 1, those of the second."""
WHOLE = UrlState("all", lambda text: text == "1", lambda is_drawn: "1" if is_drawn else "", default=False)
"""Whether all points are drawn; a part of very many at first."""
OUTLINE = UrlState("outline", selection_from_text, selection_to_text)
"""The outline around the selected points."""
_DATA = "latent.data"
"""Session key: the data set whose map was shown last, and the attribute that coloured it."""
_FIRST_OUTLINE = "latent.first_outline"
"""Session key: the outline that the visitor came with."""
_MOVE = "latent.move"
"""Session key: the image that the page, not the map, has chosen last, as a _Move."""
_STYLE = """<style>
.st-key-map-and-inspector [data-testid="stColumn"] { min-width: min(100%, 320px); }
.st-key-inspector { min-height: 32rem; }
@media (min-width: 64rem) {
  .st-key-map-and-inspector [data-testid="stColumn"]:first-child { min-height: calc(100dvh - 9rem); }
}
@media (max-width: 40rem) { .st-key-map-and-inspector [data-testid="stColumn"]:first-child { min-height: 23.5rem; } }
</style>"""
"""In a narrow or enlarged window the inspector stands below the map. Room is kept for both until they come."""
LAYERS = "latent-map"
"""Name under which the map's overlay reaches it."""
_ADDRESS, _CHOSEN, _SELECTED = "latent.address", "latent.chosen", "latent.selected"
"""Parts of the page that run again by themselves."""
_PARTS = {
    "selected": [_CHOSEN, INSPECTOR, _ADDRESS],
    "hidden": [_SELECTED],
    "selection": [_SELECTED],
    "ellipses": [_ADDRESS],
    "prior": [_ADDRESS],
    "blend": [_ADDRESS],
    "field": [_ADDRESS],
    "morph": [_ADDRESS],
    "whole": [_ADDRESS],
}
"""Which of them show what the visitor does to the map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """State of the map when the page opens, from the address."""

    hidden: list[int]
    chosen: int | None
    ellipses: EllipseMode
    prior: bool
    blend: float
    field: FieldName | None
    """None where a plane has no sense: that of a single latent dimension has the error as its other axis."""
    selection: Selection | None
    morph: float | None
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """An image that the visitor chose beside the map."""

    count: int
    """How often that has happened."""
    is_last: bool = True
    """Whether no image was chosen on the map since."""


def show_map(first: Model, second: Model | None, options: MapOptions, *, is_alone: bool = False) -> None:
    """Show the map as the address describes it, and the inspector beside it; below, more on the chosen images.

    What is chosen and hidden at first comes from the address. Later clicks live in the browser: if they came back with
    the points, each click would send all of them again.

    Args:
        first: The model on the left.
        second: The model on the right, if any.
        options: How the map is drawn.
        is_alone: Whether the inspector and what stands below are left out.
    """
    shown = (first.config.data.name, options.attribute)
    before = st.session_state.setdefault(_DATA, shown)
    if before != shown:  # other images or other classes: the old choice means nothing
        st.session_state[_DATA] = shown
        HIDDEN.write(None)
        if before[0] != shown[0]:
            IMAGE.write(None)
            OUTLINE.write(None)
            st.session_state[_FIRST_OUTLINE] = None
    if has_just_arrived() or _FIRST_OUTLINE not in st.session_state:
        # later ones live in the browser, where they are exact
        st.session_state[_FIRST_OUTLINE] = OUTLINE.restore()
    classes = len(first.provenance.class_names) or 2
    is_line = any(model.config.model.latent_dim == 1 for model in (first, second) if model is not None)
    start = _Start(
        hidden=[label for label in HIDDEN.restore() or () if label < classes],
        chosen=IMAGE.restore(),
        ellipses=ELLIPSES.restore() or "chosen",
        prior=bool(PRIOR.restore()),
        blend=BLEND.restore() or 0.0,
        field=None if is_line else FIELD.restore(),
        selection=st.session_state[_FIRST_OUTLINE],
        morph=MORPH.restore(),
        is_whole=bool(WHOLE.restore()),
    )
    runs = [model for model in (first, second) if model is not None]
    for model in runs:
        prepare_networks(model)
    options = settle_projection(runs, options)
    key = f"latent-map-{first.config.data.name}{options.attribute or ''}"
    space_pictures()
    st.html(_STYLE)
    if is_alone:
        _keep_address(first)
        _show_map(first, second, options, start, key, is_alone=True)
        send_sprites(first)
        return
    with st.container(key="map-and-inspector"):
        left, right = st.columns([8, 5] if second is None else [9, 5], gap="medium")
    with left:
        _keep_address(first)
        _show_map(first, second, options, start, key)
    with right:
        show_inspector(first, second, start.chosen, _choose_at)
    below = st.container()
    send_sprites(first)
    send_inspector(first, second)  # before what the server decodes, which imports torch on a server's first visit
    with below:
        _show_chosen(first, second, options)
        _show_selection(first, second, options, key)


@st.fragment
def _show_map(
    first: Model, second: Model | None, options: MapOptions, start: _Start, key: str, *, is_alone: bool = False
) -> None:
    above = st.container() if is_alone else None  # what a lesson asks about is seen without scrolling
    place = st.container()  # the first of the page's part, so that a new map takes the place of the old one at once
    with errors_as_messages():
        table = first.latents
        if table is None:
            st.stop()
        shown = with_lifts(map_panels(first, second, options), options)
        panels, alignment = shown.panels, shown.alignment
        labels, names = _classes(first, table, options.attribute)
        n = len(table.z)
        if len(names) > len(CLASS_COLOURS):
            st.caption(
                tr(
                    "{count} classes share {colours} colours. Hide the other classes in the legend to see one alone.",
                    count=len(names),
                    colours=len(CLASS_COLOURS),
                )
            )
        payload = map_payload(
            panels,
            labels,
            names,
            hidden=start.hidden,
            selected=start.chosen if start.chosen is not None and start.chosen < n else None,
            ellipses=start.ellipses,
            prior=start.prior,
            blend=start.blend,
            field=start.field,
            aligned=alignment is not None,
            morph=start.morph,
            is_whole=start.is_whole,
            selection=start.selection,
            layers=LAYERS,
            file="-".join([*(model.name for model in (first, second) if model is not None), first.config.data.name]),
            has_link=True,
            model=first.name if first.has_summary else "",
            height_px=None,
        )
        with place:
            latent_map(payload, key=key, callbacks={event: partial(_take, first, key, event, n) for event in EVENTS})
        runs = [model for model in (first, second) if model is not None]
        if any(model.config.model.is_variational for model in runs) and not any(panel.priors for panel in panels):
            said = mark("Posterior ellipses and priors need a map of two latent dimensions.")
            if not options.is_linear:
                said = mark("Posterior ellipses and priors need a map of two latent dimensions, and not t-SNE or UMAP.")
            st.caption(tr(said))
        if options.seed is not None:
            st.caption(
                tr(
                    "Each point is a sample of the posterior (seed {seed}). Axes and ellipses are those of the means.",
                    seed=options.seed,
                )
            )
        if options.factor is not None:
            say_explained(runs, options.factor)
        with st.container() if above is None else above:
            say_alignment(shown)


def _take(model: Model, key: str, name: str, n: int) -> None:
    """Write into the address what the visitor did to the map, and run again only the part of the page that shows it.

    The map itself is left alone: it knows already, and its points are much to pack and to compare.

    Args:
        model: The model of the first panel.
        key: Identity of the map.
        name: What was done; one of `EVENTS`.
        n: Images on the map.
    """
    event = read_event(state_of(key))
    if name == "selected" and event.selected is not None and 0 <= event.selected < n:
        IMAGE.write(event.selected)
        go_to_image(model, event.selected)
        move: _Move | None = st.session_state.get(_MOVE)
        if move is not None:
            st.session_state[_MOVE] = replace(move, is_last=False)
    elif name == "hidden" and event.hidden is not None:
        HIDDEN.write(event.hidden)
    elif name == "ellipses" and event.ellipses is not None:
        ELLIPSES.write(event.ellipses)
    elif name == "prior" and event.prior is not None:
        PRIOR.write(event.prior)
    elif name == "blend" and event.blend is not None:
        BLEND.write(event.blend)
    elif name == "field" and event.field is not None:
        FIELD.write(event.field)
    elif name == "morph" and (event.morph is not None or event.is_beside):
        MORPH.write(event.morph)
    elif name == "whole" and event.whole is not None:
        WHOLE.write(event.whole)
    elif name == "selection" and (event.selection is not None or event.is_cleared):
        OUTLINE.write(event.selection)
    _run_again(name)


def _run_again(name: str) -> None:
    """Run again the parts of the page that show something which the visitor has done, as in `_PARTS`."""
    try:
        st.rerun(_PARTS[name])
    except StreamlitAPIException:
        return  # the map's page has been left meanwhile, so that the part is gone


@st.fragment(key=_ADDRESS)
def _keep_address(first: Model) -> None:
    """Name an image in the address that the data has not. What changes the address alone runs this part, the smallest.

    Else it shows nothing.
    """
    asked, table = st.query_params.get(IMAGE.name), first.latents
    n = 0 if table is None else len(table.z)
    chosen = IMAGE.restore()
    if asked and n and (chosen is None or chosen >= n):
        st.caption(
            tr(
                "Image {asked} in the address is none of the {count:,} test images (0 to {last:,}), so none is chosen.",
                asked=escape(repr(asked[:20])),
                count=n,
                last=n - 1,
            )
        )


@st.fragment(key=_CHOSEN)
def _show_chosen(first: Model, second: Model | None, options: MapOptions) -> None:
    """Show the chosen image and its neighbours, also on the map."""
    with errors_as_messages(stop=False):
        shown, table = map_panels(first, second, options), first.latents
        n = 0 if table is None else len(table.z)
        chosen = IMAGE.restore()
        selected = chosen if chosen is not None and chosen < n else None
        labels = None if table is None else _classes(first, table, options.attribute)[0]
        move: _Move | None = st.session_state.get(_MOVE)
        overlay = replace(
            make_overlay(shown, labels, options, selected), move=move.count if move is not None and move.is_last else 0
        )
        map_overlay(pack_overlay(LAYERS, n, len(shown.panels), overlay), key=LAYERS)
        if selected is None:
            return
        runs = [model for model in (first, second) if model is not None]
        show_image(selected, runs, options.seed)
        show_neighbours(selected, runs, _choose)


@st.fragment(key=_SELECTED)
def _show_selection(first: Model, second: Model | None, options: MapOptions, key: str) -> None:
    with errors_as_messages(stop=False):
        panels, table = map_panels(first, second, options).panels, first.latents
        labels = None if table is None else _classes(first, table, options.attribute)[0]
        event = read_event(state_of(key))
        drawn = event.selection or OUTLINE.restore()
        runs = [model for model in (first, second) if model is not None]
        show_selection(_selected_images(drawn, panels, labels), runs)


def _selected_images(drawn: Selection | None, panels: list[MapPanel], labels: np.ndarray | None) -> np.ndarray | None:
    """Return which images the visitor has drawn an outline around, (N,), bool, those of hidden classes left out."""
    if drawn is None or drawn.panel >= len(panels):
        return None
    points = panels[drawn.panel].points
    if points.shape[1] != (2 if drawn.camera is None else 3):
        return None  # drawn on another map than the one that is shown now
    chosen = points_in_selection(points, drawn)
    if labels is not None:
        chosen &= ~np.isin(labels, HIDDEN.restore() or ())
    return chosen


def _choose(index: int) -> None:
    """Choose an image beside the map, which then follows."""
    move: _Move | None = st.session_state.get(_MOVE)
    st.session_state[_MOVE] = _Move(count=1 if move is None else move.count + 1)
    IMAGE.write(index)


def _choose_at(index: int) -> None:
    """Choose an image in the inspector; the map tells its point."""
    _choose(index)
    _run_again("selected")


def _classes(model: Model, table: LatentTable, attribute: str | None) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the class of each point, or whether it has the attribute, and the names of the classes."""
    dataset = None if attribute is None else originals(model)
    if attribute is None or dataset is None:
        return table.labels, model.provenance.class_names
    labelled = label_by_attribute(dataset, attribute)
    return labelled.labels, labelled.class_names
