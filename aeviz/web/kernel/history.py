"""The epochs of runs, read as they are trained, and their curves as a file."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from aeviz.analysis.curve_table import curve_table
from aeviz.language import tr
from aeviz.training.history import EpochReport, HistoryReader, read_history
from aeviz.training.runs import HISTORY
from aeviz.web.kernel.caching import shared


@shared(max_entries=64)  # some kB each; a reader remembers how far it has read
def _reader(path: str) -> HistoryReader:
    return HistoryReader(Path(path) / HISTORY)


def read_epochs(path: Path) -> list[EpochReport]:
    """Return the epochs of the run in a folder so far, oldest first, parsing only what is new since the last call."""
    return _reader(str(path)).read()


def offer_curves(runs: Mapping[str, Path], name: str) -> None:
    """Offer the curves of runs as a CSV file, which is made when the visitor asks for it.

    Args:
        runs: Name of a run in the file to its folder.
        name: File name without its suffix; also the identity of the button on the page.
    """
    st.download_button(
        tr("Curves (CSV)"),
        partial(curves_file, dict(runs)),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"download-{name}",
        help=tr(
            "Losses, MSE, KL (nats per image), learning rate, gradient norm and seconds of each epoch, one value a "
            "row: run, epoch, quantity, value."
        ),
    )


def curves_file(runs: Mapping[str, Path]) -> str:
    """Return the curves of runs, by the name that each has in the file, as they are now."""
    return curve_table({name: read_history(path / HISTORY) for name, path in runs.items()})
