"""The sections of Generate, and what is said where one of them cannot be."""

from collections.abc import Mapping

import streamlit as st

from aeviz.language import tr
from aeviz.web.generate.arithmetic import STRENGTH, show_arithmetic
from aeviz.web.generate.attributes import has_attributes, show_attributes
from aeviz.web.generate.ground import send_ground
from aeviz.web.generate.interpolation import show_interpolation
from aeviz.web.generate.learning import show_learning
from aeviz.web.generate.number import show_number
from aeviz.web.generate.samples import send_samples, show_samples
from aeviz.web.generate.sections import ARITHMETIC, INTERPOLATE, LEARNED, MAKE, NUMBER, SAMPLES, offer_models
from aeviz.web.generate.starts import explain_absent, has_test_images
from aeviz.web.generate.temperature import RISING, TEMPERATURE
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.experiments import put_in_a_row
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import MODEL
from aeviz.web.kernel.priors import is_anchored
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import rename_choices

COMPARING = (SAMPLES, LEARNED)
"""Sections in which a second model may stand beside the first."""
USUAL, ANCHORED = "vae-10d", "vae-2d-anchored"
"""The model that the page opens with, and the one whose prior has a place for each digit."""
_IS_SUBSTITUTE = "generate.substitute"
"""Session key: whether the second stands in for the first."""
_DIGITS = frozenset("0123456789")
_STYLE = """<style>
@media (max-width: 40rem) {
  .st-key-path-ends :is([data-testid="stHorizontalBlock"], [data-testid="stVerticalBlock"]) { gap: 0.4rem; }
  .st-key-path-ends [data-testid="stColumn"] { min-width: 0; flex: 1 1 45%; }
  .st-key-path-ends :is(.st-key-start-start, .st-key-end-start) > :last-child { min-width: 0; flex: 1 1 0; }
  .st-key-path-ends :is(.st-key-start-start, .st-key-end-start) img { width: 2.5rem !important; }
  .st-key-path-ends :is(.st-key-start-start, .st-key-end-start) button { padding: 0.25rem 0.35rem; }
  .st-key-path-ends :is(.st-key-start-start, .st-key-end-start) button span:has(> [data-testid="stIconMaterial"]) {
    display: none;
  }
  .st-key-sum-parts { gap: 0.4rem 0.8rem !important; }
  .st-key-sum-parts img { width: 3.5rem !important; }
  .st-key-sum-parts [data-testid="stSelectbox"] { width: 8.5rem; }
}
.st-key-start-start, .st-key-end-start, .st-key-onto-start { flex-wrap: nowrap; }
:is(.st-key-start-start, .st-key-end-start, .st-key-sum-parts) [data-testid="stElementToolbar"] { display: none; }
</style>"""
"""On a phone both ends of a path are beside each other. An image beside a button has no toolbar, which would cover
that."""


def pick_section() -> str:
    """Let the visitor choose what to make; the choice is in the URL."""
    rename_choices(MAKE, {"as it learned": LEARNED})
    st.html(_STYLE)
    put_in_a_row(MAKE)
    chosen = choose(
        st.segmented_control,
        tr("What to make"),
        [SAMPLES, LEARNED, INTERPOLATE, ARITHMETIC, NUMBER],
        default=SAMPLES,
        required=True,
        key=MAKE,
        label_visibility="collapsed",
        width="content",
        on_change=_open_section,
    )
    return str(chosen or SAMPLES)


def usual_model(section: str) -> str:
    """Return the name of the model that a section opens with."""
    return ANCHORED if section == NUMBER else USUAL


def _open_section() -> None:
    """Begin a section with its usual values, and with the model that it needs."""
    for state in (RISING if st.session_state.get(MAKE) == NUMBER else TEMPERATURE, STRENGTH):
        state.write(state.default)
    _choose_model()


def _choose_model() -> None:
    """Turn from the usual model to the one that keeps classes apart where digits are meant, and back."""
    shown = st.session_state.get(MODEL)
    is_substitute = bool(st.session_state.pop(_IS_SUBSTITUTE, False)) and shown == ANCHORED
    if st.session_state.get(MAKE) != NUMBER:
        if is_substitute:
            st.session_state[MODEL] = USUAL
    elif shown == USUAL and ANCHORED in list_models():
        st.session_state[MODEL] = ANCHORED
        st.session_state[_IS_SUBSTITUTE] = True


def show_section(section: str, found: Mapping[str, Model], first: Model, second: Model | None) -> None:
    """Show a section of the page for a model.

    Args:
        section: What `pick_section` returned.
        found: The models on offer, of which those that can are named to a visitor who chose one that cannot.
        first: The model.
        second: A model whose samples stand beside those of the first.
    """
    runs = [model for model in (first, second) if model is not None]
    if section == SAMPLES:
        if not first.config.model.is_variational:
            _explain_no_prior(found, first)
        show_samples(runs)
    elif section == LEARNED:
        show_learning(found, runs)
    elif section == INTERPOLATE:
        show_interpolation(first)
    elif section == NUMBER and not first.provenance.class_names:
        _explain_no_digits(found, first)
    elif section == ARITHMETIC and has_attributes(first):
        show_attributes(first)
    elif not has_test_images(first):
        explain_absent(first)
    elif section == ARITHMETIC:
        show_arithmetic(first)
    else:
        show_number(first)
        if not is_anchored(first) and (better := [other.name for other in found.values() if is_anchored(other)]):
            st.caption(tr("Class-anchored models write more clearly:"))
            offer_models(better, NUMBER)
    if section == SAMPLES:
        send_samples(runs)
    elif section != LEARNED:
        send_ground(first)


def _explain_no_prior(found: Mapping[str, Model], model: Model) -> None:
    names = ", ".join(escape(name) for name, other in found.items() if other.config.model.is_variational)
    st.caption(
        tr(
            "{model} is a plain autoencoder without a prior: the images are samples from a Gaussian fitted "
            "to its encoded test images.",
            model=escape(model.name),
        ),
        help=tr("Models with a prior: {names}.", names=names) if names else None,
    )


def _explain_no_digits(found: Mapping[str, Model], model: Model) -> None:
    able = [other for other in found.values() if _DIGITS.issubset(other.provenance.class_names)]
    st.info(
        tr(
            "**{model} cannot write digits:** its data ({data}) has no classes.",
            model=escape(model.name),
            data=escape(model.config.data.name),
        )
        + (" " + tr("These models can:") if able else ""),
        icon=":material/dialpad:",
    )
    offer_models((other.name for other in sorted(able, key=is_anchored, reverse=True)), NUMBER)
