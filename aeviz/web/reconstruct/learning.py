"""Reconstructions of the same few images as a network learned, epoch by epoch (S2, figures 4.4 and 4.7)."""

import numpy as np
import streamlit as st

from aeviz.errors import CheckpointFormatError
from aeviz.language import current_language, tr
from aeviz.training.samples import list_samples, read_fixed, read_sample
from aeviz.web.components.film.image_film import ImageSet, encode_strip
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.films import offer_training_films
from aeviz.web.kernel.history import read_epochs
from aeviz.web.kernel.image_film import pack_film, show_film
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.spaces import Sent
from aeviz.web.kernel.text import escape

COLUMNS = 10
"""Images in a row."""


def show_learning(runs: list[Model]) -> None:
    """Show what one model, or two on the same images, made of a few validation images after each of some epochs."""
    with_samples = [model for model in runs if list_samples(model.path)]
    for model in runs:
        if model not in with_samples:
            _explain_absence(model)
    if with_samples:
        _show_film(with_samples)


def _explain_absence(model: Model) -> None:
    st.info(
        tr(
            "**{model} has no recorded reconstructions.** Of the shipped models those of the 8x8 digits and the "
            "variational ones of MNIST have them: choose digits-2d-adam. Or train it yourself (page Train, or "
            "`.venv/bin/aeviz train {preset}`) and choose that run. For samples of a shipped VAE over training, see "
            "Generate.",
            model=escape(model.name),
            preset=model.config.preset,
        ),
        icon=":material/movie:",
    )


def _show_film(runs: list[Model]) -> None:
    readable = []
    for model in runs:
        try:
            readable.append((model, _strips(model)))
        except CheckpointFormatError as error:
            st.error(escape(str(error)), icon=":material/broken_image:")
    epochs = sorted(set.intersection(*(set(strips) for _, strips in readable))) if readable else []
    if readable and not epochs:
        st.info(
            tr("These runs have no recorded epoch in common. Choose two of the same length."), icon=":material/movie:"
        )
    if epochs:
        film = _film(tuple(model for model, _ in readable), tuple(epochs), current_language())
        show_film(film, tuple(epochs))
        offer_training_films([model for model, _ in readable], "reconstructions")


@shared(max_entries=32)  # some 100 kB each
def _strips(model: Model) -> dict[int, bytes]:
    """Return the recorded reconstructions of a run by their epoch, encoded.

    Raises:
        CheckpointFormatError: A file is damaged.
    """
    return {epoch: encode_strip(read_sample(model.path, epoch).reconstructions) for epoch in list_samples(model.path)}


@shared(max_entries=16)  # likewise
def _film(runs: tuple[Model, ...], epochs: tuple[int, ...], language: str) -> Sent:
    originals = read_fixed(runs[0].path).originals
    sets = [ImageSet(strips=(encode_strip(originals),), texts=(tr("Validation images"),), count=len(originals))]
    for model in runs:
        history, strips = read_epochs(model.path), _strips(model)
        errors = {report.epoch: report.val_mse for report in history}
        texts = [
            tr("{model}, epoch {epoch}: validation MSE {error:.5f}", model=model.name, epoch=epoch, error=errors[epoch])
            if epoch in errors
            else tr("{model}, before training", model=model.name)
            for epoch in epochs
        ]
        sets.append(
            ImageSet(
                strips=tuple(strips[epoch] for epoch in epochs),
                texts=tuple(texts),
                count=len(originals),
                epochs=np.array(list(errors), dtype=np.int64),
                losses=np.array(list(errors.values()), dtype=np.float64),
                quantity=tr("Validation MSE"),
                name=model.name,
            )
        )
    return pack_film(runs, sets, epochs, columns=COLUMNS, beside=False)
