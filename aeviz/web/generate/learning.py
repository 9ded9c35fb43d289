"""Samples of the prior over training: the same noise, decoded at several epochs."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.language import current_language, tr
from aeviz.training.samples import PRIOR, PriorSamples
from aeviz.web.components.film.image_film import ImageSet, encode_strip
from aeviz.web.generate.sections import LEARNED, offer_models
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.films import offer_training_films
from aeviz.web.kernel.history import read_epochs
from aeviz.web.kernel.image_film import pack_film, show_film
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.priors import is_anchored
from aeviz.web.kernel.spaces import Sent
from aeviz.web.kernel.text import escape, name_objective

COLUMNS = 5
"""Draws in a row."""


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
            st.caption(tr("Open this section with a model that recorded them:"))
            offer_models((name for name, other in found.items() if (other.path / PRIOR).is_file()), LEARNED)
        if not recorded:
            return
        epochs = tuple(sorted({int(each) for taken in recorded.values() for each in taken.epochs}))
        shown = [model for model in runs if model.name in recorded]
        st.markdown(
            tr(
                "**Look for** the epoch from which you can tell the images apart, and for what stays blurred at the "
                "end: the loss hardly punishes it."
            )
        )
        show_film(_film(tuple(shown), epochs, current_language()), epochs, opens_at_first=True)
        _say_what_it_shows(shown, recorded)
        offer_training_films(shown, "prior")


@shared(max_entries=16)  # at most half a megabyte each
def _film(runs: tuple[Model, ...], epochs: tuple[int, ...], language: str) -> Sent:
    """Return the film of models that have such samples, its texts in the current language.

    At an epoch without any it shows the newest before.
    """
    sets = []
    for model in runs:
        samples = model.prior_samples
        assert samples is not None
        history, objective = read_epochs(model.path), name_objective(model.config.objective)
        losses = {report.epoch: report.val_loss for report in history}
        strips = {
            int(epoch): encode_strip(images) for epoch, images in zip(samples.epochs, samples.images, strict=True)
        }
        taken = [samples.at(epoch)[0] for epoch in epochs]
        sets.append(
            ImageSet(
                strips=tuple(strips[epoch] for epoch in taken),
                texts=tuple(_say_epoch(model, epoch, losses.get(epoch), objective) for epoch in taken),
                count=samples.images.shape[1],
                epochs=np.array(list(losses), dtype=np.int64),
                losses=np.array(list(losses.values()), dtype=np.float64),
                quantity=tr("Validation loss: {objective}", objective=objective),
                name=model.name,
            )
        )
    return pack_film(runs, sets, epochs, columns=COLUMNS, beside=True)


def _say_epoch(model: Model, epoch: int, loss: float | None, objective: str) -> str:
    total = model.config.train.epochs
    if loss is None:
        return tr("{model} after epoch {epoch} of {total}", model=model.name, epoch=epoch, total=total)
    return tr(
        "{model} after epoch {epoch} of {total}: validation loss {loss:.4f} ({objective})",
        model=model.name,
        epoch=epoch,
        total=total,
        loss=loss,
        objective=objective,
    )


def _say_what_it_shows(runs: list[Model], samples: Mapping[str, PriorSamples]) -> None:
    count = len(next(iter(samples.values())).images[0])
    text = tr("The same {count} latent points at every epoch: only the decoder changes.", count=count)
    if len(runs) > 1 and len({model.config.model.latent_dim for model in runs}) == 1:
        text += " " + (
            tr("Both models decode the same noise, each with its own anchors.")
            if any(map(is_anchored, runs))
            else tr("Both models decode the same noise.")
        )
    if len({name_objective(model.config.objective) for model in runs}) > 1:
        text += " " + tr("Their objectives differ, so their losses cannot be compared.")
    st.caption(text + " " + tr("After R. Grabovac, figures 4.5 and 4.8."))


def _explain_none(model: Model) -> None:
    if not model.config.model.is_variational:
        why = tr("**{model} is a plain autoencoder without a prior.**", model=escape(model.name))
    else:
        why = tr(
            "**{model} recorded no samples during training.** Train it again to record them.", model=escape(model.name)
        )
    st.info(why, icon=":material/info:")
