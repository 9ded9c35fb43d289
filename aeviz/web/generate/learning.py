"""What a decoder made of the same draws from the prior while it learned, with a scrubber over the epochs."""

from collections.abc import Mapping

import streamlit as st

from aeviz.figures.pictures import enlarge, tile, to_data_uri
from aeviz.training.runs import RunFolder
from aeviz.training.samples import PRIOR, PriorSamples
from aeviz.web.kernel import cache
from aeviz.web.kernel.controls import is_anchored, is_large
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import name_objective, plain
from aeviz.web.train.film import read_history

COLUMNS = 5
"""Draws in a row."""
PICTURE_PX = 560
"""Least width in pixels to which a picture is enlarged before the browser scales it."""
_EPOCH = "epoch"


@st.fragment
def show_learning(found: Mapping[str, RunFolder], runs: list[RunFolder]) -> None:
    """Show the draws at an epoch, of one model or of two side by side.

    Args:
        found: The models on offer, of which those that have such samples are named where a chosen one has none.
        runs: One model or two.
    """
    with errors_as_messages():
        samples = {run.name: cache.prior_samples(cache.run_key(run)) for run in runs}
        recorded = {name: taken for name, taken in samples.items() if taken is not None}
        for run in runs:
            if run.name not in recorded:
                _explain_none(found, run)
        if not recorded:
            return
        epoch = _pick_epoch(sorted({int(each) for taken in recorded.values() for each in taken.epochs}))
        shown = [run for run in runs if run.name in recorded]
        for column, run in zip(st.columns(2, gap="medium"), shown, strict=False):
            with column:
                _show_draws(run, recorded[run.name], epoch)
        _say_what_it_shows(shown, recorded)


def _pick_epoch(epochs: list[int]) -> int:
    """Let the visitor scrub through the epochs, also by the arrow keys; the epoch is in the URL."""
    names = [str(epoch) for epoch in epochs]
    if len(names) == 1:
        return epochs[0]
    if st.session_state.get(_EPOCH, names[-1]) not in names:  # chosen for a model that was sampled at other epochs
        del st.session_state[_EPOCH]
    chosen = st.select_slider(
        "After epoch",
        names,
        value=names[-1],
        key=_EPOCH,
        bind="query-params",
        help="Drag, or use the arrow keys: the draws are the same at every epoch, only the network changes.",
    )
    return int(str(chosen))


def _show_draws(run: RunFolder, samples: PriorSamples, epoch: int) -> None:
    taken, images = samples.at(epoch)
    picture = enlarge(tile(images, COLUMNS), PICTURE_PX, smooth=is_large(run))
    text = f"{run.name} after epoch {taken} of {run.config.train.epochs}"
    report = next((report for report in read_history(run.path) if report.epoch == taken), None)
    if report is not None:
        text += f": validation loss {report.val_loss:.4f} ({name_objective(run.config.objective)})"
    st.image(
        to_data_uri(picture), width="stretch", caption=plain(text), alt=f"{len(images)} draws from the prior, {text}"
    )


def _say_what_it_shows(runs: list[RunFolder], samples: Mapping[str, PriorSamples]) -> None:
    count = len(next(iter(samples.values())).images[0])
    text = f"The same {count} draws from the prior at every epoch: what changes is the decoder."
    if len(runs) > 1 and len({run.config.model.latent_dim for run in runs}) == 1:
        text += " Both models decode the same noise"
        text += ", each around its own anchors." if any(map(is_anchored, runs)) else "."
    if len({name_objective(run.config.objective) for run in runs}) > 1:
        text += " They make different things small, so that their losses cannot be compared with each other."
    st.caption(text + " After R. Grabovac, figures 4.5 and 4.8.")


def _explain_none(found: Mapping[str, RunFolder], run: RunFolder) -> None:
    if not run.config.model.is_variational:
        why = f"**{plain(run.name)} is a plain autoencoder: it has no prior to draw from.**"
    else:
        why = (
            f"**{plain(run.name)} kept no draws from its prior while it was trained**, as variational models do since "
            "this version; train it again to have them."
        )
    names = ", ".join(plain(name) for name, other in found.items() if (other.path / PRIOR).is_file())
    st.info(why + (f" Models that have them: {names}." if names else ""), icon=":material/info:")
