"""The form in which a visitor has an image prepared differently."""

from typing import cast

import streamlit as st

from aeviz.data.prepare import Choice, Framing, PrepareOptions
from aeviz.language import mark, tr
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.upload import OwnImage, usual_options


def pick_options(picture: OwnImage, model: Model) -> PrepareOptions:
    """Offer to prepare the image differently from what was decided."""
    usual = usual_options(model)
    with st.expander(tr("Change the preprocessing"), icon=":material/tune:"):
        choices = [mark("auto"), mark("yes"), mark("no")]
        one, two, three = st.columns(3, gap="medium")

        def key(name: str) -> str:
            return f"own.{name}.{picture.key}"

        with one:
            turn = st.segmented_control(
                tr("Rotate (degrees clockwise)"),
                [0, 90, 180, 270],
                default=usual.turn,
                required=True,
                key=key("turn"),
                help=tr("Applied after the orientation stored by the camera."),
            )
            framing = st.segmented_control(
                tr("Crop"),
                [mark("auto"), mark("ink"), mark("whole")],
                format_func=tr,
                default=usual.framing,
                required=True,
                key=key("framing"),
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
                default=usual.invert,
                required=True,
                key=key("invert"),
                help=tr("The training digits are white on black; ink on paper is black on white."),
            )
            pen = st.segmented_control(
                tr("Adjust the stroke width"),
                choices,
                format_func=tr,
                default=usual.pen,
                required=True,
                key=key("pen"),
                help=tr("Match the stroke width of MNIST."),
            )
        with three:
            across = st.slider(
                tr("From left to right (%)"),
                0,
                100,
                (0, 100),
                key=key("across"),
                help=tr("Horizontal part of the image to use."),
            )
            down = st.slider(
                tr("From top to bottom (%)"),
                0,
                100,
                (0, 100),
                key=key("down"),
                help=tr("Vertical part of the image to use."),
            )
            straighten = st.toggle(tr("Set the tilt manually"), key=key("straighten"), help=tr("Only with crop: ink."))
            tilt = (
                st.slider(
                    tr("Tilt (degrees clockwise)"),
                    -45,
                    45,
                    0,
                    key=key("tilt"),
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
