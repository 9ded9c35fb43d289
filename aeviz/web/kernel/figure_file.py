"""*Save figure*: a figure for print as a file, made when the visitor asks for it."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from aeviz.export.figure_kinds import NARROWEST_MM, WIDEST_MM, WIDTH_MM, Format, Kind
from aeviz.figures.print import is_available
from aeviz.language import mark, tr
from aeviz.training.runs import RunFolder
from aeviz.web.kernel.runtime import start_torch
from aeviz.web.takeaway.figures import figure_file, file_name

INSTALL = '`pip install "aeviz[figures]"`'
_FORMATS: Mapping[Format, tuple[str, str]] = {"svg": ("SVG", "image/svg+xml"), "pdf": ("PDF", "application/pdf")}
_NAMES: Mapping[Kind, str] = {
    "map": mark("Map of the test images"),
    "plane": mark("Decoded plane"),
    "curves": mark("Curves"),
    "reconstructions": mark("Reconstructions"),
}
_DECODING: tuple[Kind, ...] = ("plane", "reconstructions")


def offer_figure(kinds: Sequence[Kind], folders: Sequence[RunFolder], *, key: str, window: int = 1) -> None:
    """Offer figures of runs as SVG and PDF of a width in millimetres, or say what must be installed for them.

    Args:
        kinds: The figures that the page can have.
        folders: The runs.
        key: Identity on the page.
        window: Epochs in the moving average of curves.
    """
    if not kinds or not folders:
        return
    with st.popover(tr("Save figure"), icon=":material/print:", key=f"figure-{key}"):
        if not is_available():
            st.markdown(tr("Figures for print need matplotlib. Where aeviz runs: {command}", command=INSTALL))
            return
        kind = kinds[0]
        if len(kinds) > 1:
            kind = st.selectbox(
                tr("Figure"), kinds, format_func=lambda each: tr(_NAMES[each]), key=f"figure-kind-{key}"
            )
        width = st.number_input(
            tr("Width (mm)"),
            NARROWEST_MM,
            WIDEST_MM,
            WIDTH_MM,
            step=5.0,
            format="%.0f",
            key=f"figure-width-{key}",
            help=tr("A column of most journals is 80 to 90 mm wide, a page 170 to 180."),
        )
        with st.container(horizontal=True):
            for form, (name, mime) in _FORMATS.items():
                st.download_button(
                    name,
                    partial(_make, tuple(folders), kind, form, float(width), window),
                    file_name=file_name(folders, kind, form),
                    mime=mime,
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"figure-{form}-{key}",
                )
        names = " ".join(folder.name for folder in folders[:1])
        st.caption(
            tr(
                "Type of 8 points, colours of a light page; run, seed, data and settings stand in the file. On the "
                "command line: {command}",
                command=f"`aeviz export {names} --format pdf --figure {kind} --width {width:.0f}`",
            )
        )


def _make(folders: Sequence[RunFolder], kind: Kind, form: Format, width_mm: float, window: int) -> bytes:
    if kind in _DECODING:
        start_torch()
    return figure_file(folders, kind, form, width_mm, window=window)
