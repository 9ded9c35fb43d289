"""Samples of the prior over training: the same noise, decoded at several epochs."""

from collections.abc import Mapping

import streamlit as st

from aeviz.training.samples import PRIOR, PriorSamples
from aeviz.web.generate.sections import LEARNED, offer_models
from aeviz.web.kernel.history import read_epochs
from aeviz.web.kernel.images import is_large, show_grid
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.priors import is_anchored
from aeviz.web.kernel.text import escape, name_objective
from aeviz.web.kernel.url import drop_stale_choice

COLUMNS = 5
"""Draws in a row."""
PICTURE_PX = 560
"""Least width in pixels to which an image is enlarged before the browser scales it."""
_EPOCH = "epoch"


@st.fragment
def show_learning(found: Mapping[str, Model], runs: list[Model]) -> None:
    """Show the draws at an epoch, of one model or of two side by side.

    Args:
        found: The models on offer, of which those that have such samples are offered where a chosen one has none.
        runs: One model or two.
    """
    with errors_as_messages():
        samples = {model.name: model.prior_samples for model in runs}
        recorded = {name: taken for name, taken in samples.items() if taken is not None}
        for model in runs:
            if model.name not in recorded:
                _explain_none(model)
        if len(recorded) < len(runs):
            st.caption("Open this section with a model that recorded them:")
            offer_models((name for name, other in found.items() if (other.path / PRIOR).is_file()), LEARNED)
        if not recorded:
            return
        epoch = _pick_epoch(sorted({int(each) for taken in recorded.values() for each in taken.epochs}))
        shown = [model for model in runs if model.name in recorded]
        for column, model in zip(st.columns(2, gap="medium"), shown, strict=False):
            with column:
                _show_draws(model, recorded[model.name], epoch)
        _say_what_it_shows(shown, recorded)


def _pick_epoch(epochs: list[int]) -> int:
    """Let the visitor scrub through the epochs, also by the arrow keys; the epoch is in the URL."""
    names = [str(epoch) for epoch in epochs]
    if len(names) == 1:
        return epochs[0]
    drop_stale_choice(_EPOCH, names)  # chosen for a model that was sampled at other epochs
    chosen = st.select_slider(
        "After epoch",
        names,
        value=names[-1],
        key=_EPOCH,
        bind="query-params",
        help="The noise is the same at every epoch; only the network changes.",
    )
    return int(str(chosen))


def _show_draws(model: Model, samples: PriorSamples, epoch: int) -> None:
    taken, images = samples.at(epoch)
    text = f"{model.name} after epoch {taken} of {model.config.train.epochs}"
    report = next((report for report in read_epochs(model.path) if report.epoch == taken), None)
    if report is not None:
        text += f": validation loss {report.val_loss:.4f} ({name_objective(model.config.objective)})"
    alt = f"{len(images)} samples from the prior, {text}"
    show_grid(images, text, columns=COLUMNS, least_px=PICTURE_PX, smooth=is_large(model), alt=alt)


def _say_what_it_shows(runs: list[Model], samples: Mapping[str, PriorSamples]) -> None:
    count = len(next(iter(samples.values())).images[0])
    text = f"The same {count} latent points at every epoch: only the decoder changes."
    if len(runs) > 1 and len({model.config.model.latent_dim for model in runs}) == 1:
        text += " Both models decode the same noise"
        text += ", each with its own anchors." if any(map(is_anchored, runs)) else "."
    if len({name_objective(model.config.objective) for model in runs}) > 1:
        text += " Their objectives differ, so their losses cannot be compared."
    st.caption(text + " After R. Grabovac, figures 4.5 and 4.8.")


def _explain_none(model: Model) -> None:
    if not model.config.model.is_variational:
        why = f"**{escape(model.name)} is a plain autoencoder without a prior.**"
    else:
        why = f"**{escape(model.name)} recorded no samples during training.** Train it again to record them."
    st.info(why, icon=":material/info:")
