"""The frame of a page: title, errors as messages, and the choice of a model."""

import functools
import logging
import runpy
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

import aeviz.web
from aeviz.config import RunConfig
from aeviz.data import is_available
from aeviz.errors import AevizError
from aeviz.language import mark, tr, tr_paragraphs
from aeviz.paths import PROJECT_ROOT
from aeviz.published import list_published
from aeviz.serving.metrics import page_seconds
from aeviz.web.components.copy_link.component import copy_link
from aeviz.web.components.history.component import keep_history
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.journal import note_visit
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.runtime import settle_if_grown, start_plain
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.titles import show_title
from aeviz.web.kernel.visits import hold_uploads

_log = logging.getLogger(__name__)

MODEL = "model"
"""URL parameter of the chosen model."""
USUAL_MODEL = "mlp-2d-adam"
"""The model that pages open with."""
_CHOSEN, _PAGE, _ARRIVED = "page.chosen_model", "page.current", "page.arrived"
"""Session keys: the model chosen last, on whatever page; the page shown; whether this run is the first of a visit."""
_STYLE = """<style>
.stMainBlockContainer { padding: 0.9rem 2rem 1rem; }
.st-key-history { position: absolute; }
[data-testid="stLayoutWrapper"]:has(> .st-key-waiting) {
  height: 0; margin-top: -1rem; overflow: visible; z-index: 100; pointer-events: none;
}
.st-key-waiting { width: fit-content; padding: 0.25rem 0.75rem; border-radius: 0.5rem; background: Canvas; }
.st-key-waiting:not(:has([data-testid="stSpinner"])) { display: none; }
.st-key-head {
  flex-flow: row wrap; align-items: baseline; column-gap: 1rem; padding-right: 2.5rem; z-index: 999990;
  pointer-events: none;
}
.st-key-head > * { width: auto !important; flex: none; max-width: 100%; }
.st-key-head > *:first-child { height: 2rem; }
.st-key-head h1 { font-size: 1.5rem; line-height: 2rem; padding: 0; margin: 0; }
@media (max-width: 30rem) { .st-key-head h1 { font-size: 1.3rem; } }
.st-key-head [data-testid="stCaptionContainer"] p { font-size: 14px; } /* also where type is larger: it has one line */
.st-key-head > :has(> .st-key-copy-link) { /* its room before it is there: nothing may jump */
  margin-left: auto; width: 7rem !important; height: 2rem; pointer-events: auto;
}
@media (max-width: 48rem) { .st-key-head > :has(> .st-key-copy-link) { width: 2.75rem !important; } }
body:has([data-testid="stExpandSidebarButton"]) .st-key-head { padding-left: 2rem; }
[data-testid="stStatusWidget"][class] { /* at work: not over the button that copies the link */
  position: fixed; right: 1rem; bottom: 0.75rem; padding: 0 0.5rem; border-radius: 0.5rem; background: Canvas;
}
[data-testid="stSidebarHeader"] { margin-bottom: 0; }
[data-testid="stSidebar"] button[role="radio"][aria-checked="true"][class] { color: inherit; } /* of the language */
[data-testid="stCaptionContainer"][class] { opacity: 0.78; }
:is(
  [data-testid^="stBaseButton-primary"]:enabled, .stMultiSelect [data-tag], .stMultiSelect [data-baseweb="tag"]
)[class] {
  color: light-dark(#fff, #10161c);
}
@media (max-width: 40rem) {
  .stMainBlockContainer { padding: 0.75rem 1rem 1rem; }
  .st-key-head > *:first-child { height: auto; min-height: 2rem; }
  .st-key-head > :has([data-testid="stCaptionContainer"]) { display: none; } /* the picture needs the room */
}
</style>"""
"""A page fills one screen: its title stands beside its caption, in the line of Streamlit's menu.

That line is drawn over Streamlit's own head, whose z-index is the same, and below the open sidebar, at 999991. It lets
all clicks through, on a phone to the button that opens the sidebar. The unseen component takes no room, and a spinner
in `waiting_place` none either.

Captions have a contrast of at least 4.5 to 1, which Streamlit's opacity of 0.6 misses on the light theme (3.9 to 1). So
have texts on the accent, which is light on the dark theme.
"""
Translation = Callable[[dict[str, list[str]]], dict[str, list[str]]]
NO_COMPARISON = mark("nothing")
"""Value of the second picker that shows one model alone."""


@contextmanager
def page(room: str, title: str, caption: str) -> Iterator[None]:
    """Head a page, end it with its notes, and turn an error that is meant for people into a message.

    Nothing else is caught.

    Args:
        room: Folder of the page in aeviz/web; its notes.md, where there is one, is shown folded at the end.
        title: Heading of the page.
        caption: One line on what the visitor learns here.
    """
    _insist_on_navigation()
    began = time.perf_counter()
    note_visit()
    start_plain()
    hold_uploads()
    st.session_state[_ARRIVED] = st.session_state.get(_PAGE) != room
    st.session_state[_PAGE] = room
    st.html(_STYLE)
    keep_history()
    with st.container(key="head", gap=None):
        st.title(title)
        st.caption(caption)
        with st.container(key="copy-link"):
            copy_link()
    try:
        with errors_as_messages():
            yield
            _show_notes(room)
    finally:
        settle_if_grown()
        page_seconds.observe(time.perf_counter() - began)


def lead_to(target: str, translate: Translation = dict) -> None:
    """Show another page at the address of a former one, with all parameters of the address.

    Args:
        target: Path of the page's script.
        translate: What makes the new parameters, all values by name, of the former ones.
    """
    _insist_on_navigation()
    st.switch_page(target, query_params=translate({name: st.query_params.get_all(name) for name in st.query_params}))


def _show_notes(room: str) -> None:
    """Show the theory behind a page, folded away: the first line of its notes is the title, the rest the text."""
    notes = _read_notes(room)
    if notes is not None:
        title, _, text = notes.partition("\n")
        with st.expander(tr(title.removeprefix("# "))):
            st.markdown(tr_paragraphs(text))


@functools.cache
def _read_notes(room: str) -> str | None:
    path = Path(aeviz.web.__file__).parent / room / "notes.md"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _insist_on_navigation() -> None:
    """Have app.py run first, also when the first visit to a fresh server is a deep link.

    Until st.navigation has run once in the process, Streamlit takes the folder pages/ for a multipage app of the old
    kind and runs a page without app.py: other titles, another sidebar, a narrow page. It has no setting for that
    (Streamlit 1.67, `PagesManager.uses_pages_directory`). So app.py is run from here, which leads back to the page by
    its own navigation; a rerun would do too, but it loses the click of a button.
    """
    if PagesManager.uses_pages_directory:
        runpy.run_path(str(PROJECT_ROOT / "app.py"))
        raise StopException  # st.stop() would also drop what the visitor did since the page is on the screen


@contextmanager
def errors_as_messages(*, stop: bool = True) -> Iterator[None]:
    """Show an AevizError as a message and stop the page, or the fragment, there.

    Args:
        stop: Whether what follows on the page is left out.
    """
    try:
        yield
    except AevizError as error:
        _log.warning("%s", error, extra={"event": "page error"})
        st.error(escape(str(error)), icon=":material/error:")
        if stop:
            st.stop()


def waiting_place() -> DeltaGenerator:
    """Return a place over what follows for the spinner of a slow result, which then moves nothing on the page."""
    return st.container(key="waiting")


def has_just_arrived() -> bool:
    """Whether this run is the first since the visitor came to the page, so that its address is theirs to follow.

    When a part of the page runs again, it is not: widgets are bound to the address by then.
    """
    context = get_script_run_ctx()
    is_part = context is not None and bool(context.fragment_ids_this_run)
    return bool(st.session_state.get(_ARRIVED)) and not is_part


def forget_visit() -> None:
    """Forget the page shown and the model chosen last, so that the next page opens as its address says."""
    for key in (_PAGE, _CHOSEN):
        st.session_state.pop(key, None)


Needs = Literal["weights", "summary", "latents"]
"""The part of a model that a page needs: its weights, the statistics of its latent space, or its encoded test set."""


def require_runs(needs: Needs = "latents") -> dict[str, Model]:
    """Return the models that can be opened and have what the page needs; with none, say how to get one and stop."""
    found = {name: model for name, model in list_models().items() if has(model, needs)}
    if not found:
        st.info(
            tr(
                "No trained model yet. Train one on the page Train, or in a shell: `.venv/bin/aeviz train "
                "digits-2d-adam` (half a minute)."
            ),
            icon=":material/model_training:",
        )
        st.stop()
    return found


def has(model: Model, needs: Needs) -> bool:
    """Whether a model has what a page needs of it."""
    if needs == "latents":
        return model.has_latents or (model.has_summary and is_available(model.config.data.name))
    return needs == "weights" or model.has_summary


def _why_absent(name: str) -> str:
    """Say why a model that an address names is not on offer."""
    model = list_models().get(name)
    if model is None and name in list_published():
        return tr(
            "{name} is published beside aeviz and not on this machine; another model is shown. Fetch it on Home, or "
            "by: aeviz models fetch {name}",
            name=name,
        )
    if model is None:
        return tr("Unknown model {name}; another is shown.", name=repr(name))
    if not model.has_summary:
        return tr("{name} is still training and has no encoded test images yet; another model is shown.", name=name)
    return tr(
        "{name} ships without encoded images (terms of {data}); another model is shown. With the data set on this "
        "machine they are encoded here. Explore, Generate and your own image (Reconstruct) work without them.",
        name=name,
        data=model.config.data.name,
    )


def pick_model(found: Mapping[str, Model], *, default: str = USUAL_MODEL) -> Model:
    """Let the visitor choose a model; the choice is in the URL and goes along to the next page."""
    names = list(found)
    asked, kept = st.query_params.get(MODEL), st.session_state.get(_CHOSEN)
    if asked is not None and asked not in found:
        st.info(escape(_why_absent(asked)), icon=":material/link_off:")
    if asked is None and has_just_arrived() and kept in found:
        st.session_state[MODEL] = kept
        st.query_params[MODEL] = str(kept)  # the widget alone would leave the address bare
    chosen = st.selectbox(
        tr("Model"),
        names,
        index=names.index(default) if default in names else 0,
        key=MODEL,
        bind="query-params",
        help=tr("Shipped models first, then your own runs."),
    )
    st.session_state[_CHOSEN] = chosen
    show_title(MODEL, found[str(chosen)])
    return found[str(chosen)]


def pick_second(
    found: Mapping[str, Model],
    first: Model,
    *,
    mapped: bool = True,
    default: str | None = None,
    parameter: str = "with",
) -> Model | None:
    """Let the visitor choose a second model of the same data to stand beside the first, or none.

    At first it is `default`, or the model that differs in the optimizer or the reconstruction loss alone, if any.

    Args:
        found: The models on offer.
        first: The first model.
        mapped: Whether both are shown on their test images, which must then be the same.
        default: Name of the model at first, if it is of the same data, or NO_COMPARISON.
        parameter: What comes before the first model's name in the URL parameter.
    """
    data = first.config.data
    names = [name for name, model in found.items() if model.config.data.shares_test_images(data) and name != first.name]
    twin = next((name for name in names if _is_twin(first.config, found[name].config)), None)
    names.sort(key=lambda name: name != twin)  # the model that differs in one thing alone comes first
    options = [NO_COMPARISON, *names]
    at_first = default if default in options else twin
    chosen = choose(
        st.selectbox,
        tr("Compare with"),
        options,
        index=options.index(at_first) if at_first is not None else 0,
        key=f"{parameter}.{first.name}",
        shown=lambda text: tr(text) if text == NO_COMPARISON else text,
        help=tr("A second model of the same data."),
    )
    second = found.get(str(chosen))
    if second is not None:
        show_title(f"{parameter}.{first.name}", second)
    if second is not None and mapped and not same_images(first, second):
        st.warning(
            tr(
                "{first} and {second} have different test images and cannot be compared image by image. Choose "
                "another model, or train one of them again.",
                first=escape(first.name),
                second=escape(second.name),
            ),
            icon=":material/warning:",
        )
        return None
    return second


def _is_twin(first: RunConfig, second: RunConfig) -> bool:
    return first.differs_in_optimizer_alone(second) or first.differs_in_reconstruction_alone(second)


def same_images(first: Model, second: Model) -> bool:
    """Whether two models encoded the same test images, so that they can be compared image by image."""
    tables = [model.latents for model in (first, second)]
    left, right = tables
    return (
        left is not None and right is not None and (len(left.z), left.fingerprint) == (len(right.z), right.fingerprint)
    )
