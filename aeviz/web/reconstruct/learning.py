"""Reconstructions of the same few images as a network learned, epoch by epoch (S2, figures 4.4 and 4.7)."""

import numpy as np
import streamlit as st

from aeviz.errors import CheckpointFormatError
from aeviz.training.samples import list_samples, read_fixed, read_sample
from aeviz.web.kernel.history import read_epochs
from aeviz.web.kernel.images import show_grid
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import UrlState, parse_number

STRIP_PX = 640
"""Least width in pixels to which a row of images is enlarged before the browser scales it."""
COLUMNS = 5
"""Images in a row."""
EPOCH = UrlState("epoch", parse_number)


def show_learning(runs: list[Model]) -> None:
    """Show what one model, or two on the same images, made of a few validation images after each of some epochs."""
    with_samples = [model for model in runs if list_samples(model.path)]
    for model in runs:
        if model not in with_samples:
            _explain_absence(model)
    if with_samples:
        _show_scrubber(with_samples)


def _explain_absence(model: Model) -> None:
    st.info(
        f"**{escape(model.name)} has no recorded reconstructions.** Of the shipped models those of the 8x8 digits have "
        f"them: choose digits-2d-adam. Or train it yourself (page Train, or `.venv/bin/aeviz train "
        f"{model.config.preset}`) and choose that run. For samples of a shipped VAE over training, see Generate.",
        icon=":material/movie:",
    )


@st.fragment
def _show_scrubber(runs: list[Model]) -> None:
    with errors_as_messages():
        epochs = sorted(set.intersection(*(set(list_samples(model.path)) for model in runs)))
        if not epochs:
            st.info(
                "These runs have no recorded epoch in common. Choose two of the same length.", icon=":material/movie:"
            )
            return
        asked = EPOCH.restore()
        start = asked if asked in epochs else epochs[-1]
        names = " and ".join(model.name for model in runs)  # another run may have recorded other epochs
        epoch = st.select_slider(
            "Epoch", epochs, value=start, key=f"learning.{names}", help=("Epoch 0: before training.")
        )
        EPOCH.write(int(epoch))
        columns = st.columns(len(runs) + 1, gap="medium")
        with columns[0]:
            _show_strip(read_fixed(runs[0].path).originals, "Validation images")
        for column, model in zip(columns[1:], runs, strict=True):
            with column:
                try:
                    images = read_sample(model.path, int(epoch)).reconstructions
                    _show_strip(images, f"{model.name}{_loss(model, int(epoch))}")
                except CheckpointFormatError as error:
                    st.error(escape(str(error)), icon=":material/broken_image:")


def _loss(model: Model, epoch: int) -> str:
    report = next((report for report in read_epochs(model.path) if report.epoch == epoch), None)
    return ", before training" if report is None else f", epoch {epoch}: validation MSE {report.val_mse:.5f}"


def _show_strip(images: np.ndarray, caption: str) -> None:
    show_grid(images, caption, columns=COLUMNS, least_px=STRIP_PX)
