"""The form in which a visitor has an image prepared differently."""

from typing import cast

import streamlit as st

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


def pick_options(picture: OwnImage, model: Model) -> PrepareOptions:
    """Offer to prepare the image differently from what was decided."""
    usual = usual_options(model)
    decided = {"turn": usual.turn, "framing": usual.framing, "invert": usual.invert, "pen": usual.pen}
    spans = {"across": (0, 100), "down": (0, 100), "straighten": False, "tilt": 0}
    recall_choices(PLACE, f"{picture.key} {usual.framing}", decided | spans)
    with st.expander(tr("Change the preprocessing"), icon=":material/tune:"):
        choices = [mark("auto"), mark("yes"), mark("no")]
        one, two, three = st.columns(3, gap="medium")

        with one:
            turn = st.segmented_control(
                tr("Rotate (degrees clockwise)"),
                [0, 90, 180, 270],
                required=True,
                key=f"{PLACE}.turn",
                help=tr("Applied after the orientation stored by the camera."),
            )
            framing = st.segmented_control(
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
            invert = st.segmented_control(
                tr("Invert"),
                choices,
                format_func=tr,
                required=True,
                key=f"{PLACE}.invert",
                help=tr("The training digits are white on black; ink on paper is black on white."),
            )
            pen = st.segmented_control(
                tr("Adjust the stroke width"),
                choices,
                format_func=tr,
                required=True,
                key=f"{PLACE}.pen",
                help=tr("Match the stroke width of MNIST."),
            )
        with three:
            across, down = (
                cast(tuple[int, int], st.slider(tr(label), 0, 100, key=f"{PLACE}.{name}", help=tr(which)))
                for label, name, which in _SPANS
            )
            straighten = st.toggle(
                tr("Set the tilt manually"), key=f"{PLACE}.straighten", help=tr("Only with crop: ink.")
            )
            tilt = (
                st.slider(
                    tr("Tilt (degrees clockwise)"),
                    -45,
                    45,
                    key=f"{PLACE}.tilt",
                    help=tr("The image is rotated back by this angle."),
                )
                if straighten
                else None
            )
    crop = (across[0] / 100, down[0] / 100, across[1] / 100, down[1] / 100)
    return PrepareOptions(
        turn=int(turn or 0),
        framing=cast(Framing, framing or usual.framing),
        invert=cast(Choice, invert or usual.invert),
        pen=cast(Choice, pen or usual.pen),
        crop=None if crop == (0, 0, 1, 1) else crop,
        tilt=None if tilt is None else float(tilt),
    )
