"""The form in which a visitor has an image prepared differently."""

from typing import cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.data.prepare import Choice, Framing, PrepareOptions
from aeviz.language import mark, tr
from aeviz.web.kernel.image_choices import recall_choices
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.upload import PLACE, OwnImage, usual_options

_SPANS = (
    (mark("From left to right (%)"), "across", mark("Horizontal part of the image to use.")),
    (mark("From top to bottom (%)"), "down", mark("Vertical part of the image to use.")),
)
"""Label, name and help of the sliders for the part of the image."""
_NAMES = ("turn", "framing", "invert", "pen", "across", "down", "straighten", "tilt")
"""Names of the widgets."""


def pick_options(picture: OwnImage, model: Model) -> tuple[PrepareOptions, DeltaGenerator | None]:
    """Offer to look at the steps of preparation, and to prepare the image differently from what was decided.

    While the visitor has that folded nothing of it is drawn, since it was half of all that an upload sends to the page
    (benchmarks/load.py); what was chosen before holds all the same.

    Returns:
        The options, and where the steps are shown, above the choices; None while they are folded.
    """
    usual = usual_options(model)
    decided = {"turn": usual.turn, "framing": usual.framing, "invert": usual.invert, "pen": usual.pen}
    spans = {"across": (0, 100), "down": (0, 100), "straighten": False, "tilt": 0}
    recall_choices(PLACE, f"{picture.key} {usual.framing}", decided | spans)
    offer = st.expander(
        tr("Preprocessing: steps and settings"), icon=":material/tune:", key=f"{PLACE}.preparing", on_change="rerun"
    )
    if not offer.open:
        return _chosen_options(usual), None
    with offer:
        steps = st.container()
        _show_choices()
    return _chosen_options(usual), steps


def _show_choices() -> None:
    """Show the widgets; what they hold at first stands under their keys."""
    choices = [mark("auto"), mark("yes"), mark("no")]
    one, two, three = st.columns(3, gap="medium")
    with one:
        st.segmented_control(
            tr("Rotate (degrees clockwise)"),
            [0, 90, 180, 270],
            required=True,
            key=f"{PLACE}.turn",
            help=tr("Applied after the orientation stored by the camera."),
        )
        st.segmented_control(
            tr("Crop"),
            [mark("auto"), mark("ink"), mark("whole")],
            format_func=tr,
            required=True,
            key=f"{PLACE}.framing",
            help=tr(
                "ink: find the strokes, then scale and centre them as in MNIST. whole: the largest centred part of "
                "the image."
            ),
        )
    with two:
        st.segmented_control(
            tr("Invert"),
            choices,
            format_func=tr,
            required=True,
            key=f"{PLACE}.invert",
            help=tr("The training digits are white on black; ink on paper is black on white."),
        )
        st.segmented_control(
            tr("Adjust the stroke width"),
            choices,
            format_func=tr,
            required=True,
            key=f"{PLACE}.pen",
            help=tr("Match the stroke width of MNIST."),
        )
    with three:
        for label, name, which in _SPANS:
            st.slider(tr(label), 0, 100, key=f"{PLACE}.{name}", help=tr(which))
        if st.toggle(tr("Set the tilt manually"), key=f"{PLACE}.straighten", help=tr("Only with crop: ink.")):
            st.slider(
                tr("Tilt (degrees clockwise)"),
                -45,
                45,
                key=f"{PLACE}.tilt",
                help=tr("The image is rotated back by this angle."),
            )


def _chosen_options(usual: PrepareOptions) -> PrepareOptions:
    """Return what stands under the keys of the widgets, whether these are drawn or not."""
    values = {name: st.session_state[f"{PLACE}.{name}"] for name in _NAMES}
    across, down = (cast(tuple[int, int], values[name]) for name in ("across", "down"))
    crop = (across[0] / 100, down[0] / 100, across[1] / 100, down[1] / 100)
    return PrepareOptions(
        turn=int(values["turn"] or 0),
        framing=cast(Framing, values["framing"] or usual.framing),
        invert=cast(Choice, values["invert"] or usual.invert),
        pen=cast(Choice, values["pen"] or usual.pen),
        crop=None if crop == (0, 0, 1, 1) else crop,
        tilt=float(values["tilt"]) if values["straighten"] else None,
    )
