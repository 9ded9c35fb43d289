"""What stands below the map: how far two maps agree, and how far a factor is linear in z."""

import streamlit as st

from aeviz.language import number, tr
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape
from aeviz.web.map.factors import explained
from aeviz.web.map.panels import Panels


def say_alignment(shown: Panels) -> None:
    """Say how much of the left map the right one explains, aligned or as it stands."""
    alignment = shown.alignment
    if alignment is not None:
        st.caption(
            tr(
                "Aligned: {share:.0%} of the left map's variance explained; scale factor {scale:.2f}.",
                share=alignment.explained,
                scale=alignment.scale,
            )
        )
    elif shown.unmoved is not None and shown.unmoved > 0:
        st.caption(tr("Not aligned: {share:.0%} of the left map's variance explained.", share=shown.unmoved))


def say_explained(runs: list[Model], factor: str) -> None:
    """Say how much of a generative factor is a linear function of z."""
    shares = {model.name: share for model in runs if (share := explained(model, factor)) is not None}
    if shares:
        listed = ", ".join(f"{number(share, '.3f')} ({escape(name)})" for name, share in shares.items())
        st.caption(
            tr(
                "Linear regression of {factor} on z: R² = {listed}. 1: it is a linear function of z. Fitted on half of "
                "the images, measured on the others.",
                factor=factor.partition(" (")[0],
                listed=listed,
            )
        )
