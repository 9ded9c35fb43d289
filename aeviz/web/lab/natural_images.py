"""Natural images and noise: neighbouring pixels, noise through an autoencoder, a cross-fade against a latent line."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from aeviz.data import is_available
from aeviz.data.folder import FOLDER_PREFIX
from aeviz.lab.natural_images import neighbour_correlation, straight_line, uniform_noise
from aeviz.language import number, tr, trc
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.controls import SEEDS, pick_whole
from aeviz.web.kernel.distances import mark_far
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import decoded, find_originals, is_large, show_grid
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages, pick_model
from aeviz.web.kernel.text import escape
from aeviz.web.lab.pictures import photographs

_ROW, _STEPS = 8, 9
"""Images of a row, and of a way between two."""
_COUNTED = 500
"""Images over which the correlation of the data is taken, and images of noise."""
_SEED = "draw"
"""URL parameter."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Row:
    """Images and what a model makes of them."""

    images: np.ndarray
    """(8, C, H, W), float32, in [0, 1], as are the reconstructions."""
    reconstructions: np.ndarray
    correlation: float
    """Of neighbouring pixels, over up to 500 images."""
    n_far: int
    """Codes out of distribution."""

    @property
    def mse(self) -> float:
        return float(((self.images - self.reconstructions) ** 2).mean())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    data: _Row
    noise: _Row
    faded: np.ndarray
    """(9, C, H, W): the first two images of the data mixed pixel by pixel."""
    decoded: np.ndarray
    """Decoded from the line between their codes."""
    errors: tuple[float, float]
    """MSE of the middle image of each way when it is encoded and decoded again."""


@shared(max_entries=16)  # 0.6 MB each for faces
def _find(model: Model, seed: int) -> _Found | None:
    dataset, _ = find_originals(model)
    if dataset is None or len(dataset) < _ROW:
        return None
    generator = np.random.default_rng(seed)
    shape = model.config.model.image_shape
    chosen = generator.choice(len(dataset), _ROW, replace=False)
    if dataset.labels is not None:  # the way leads to another class, if the row has one
        other = int(np.argmax(dataset.labels[chosen] != dataset.labels[chosen[0]]))
        if other:
            chosen[[1, other]] = chosen[[other, 1]]
    data = _through(model, dataset.images[chosen], dataset.images[:_COUNTED])
    drawn = uniform_noise(seed, _COUNTED, shape)
    noise = _through(model, drawn[:_ROW], drawn)
    faded = straight_line(data.images[0], data.images[1], _STEPS).astype(np.float32)
    codes = model.network().encode(data.images[:2]).numpy()
    line = decoded(model, straight_line(codes[0], codes[1], _STEPS).astype(np.float32))
    middles = np.stack([faded[_STEPS // 2], line[_STEPS // 2]])
    errors = ((middles - model.network().reconstruct(middles).numpy()) ** 2).mean(axis=(1, 2, 3))
    return _Found(data=data, noise=noise, faded=faded, decoded=line, errors=(float(errors[0]), float(errors[1])))


def _through(model: Model, images: np.ndarray, counted: np.ndarray) -> _Row:
    """Encode and decode images, (8, C, H, W), uint8; take the correlation over others."""
    values = images.astype(np.float32) / np.float32(255)
    codes = model.network().encode(values).numpy()
    return _Row(
        images=values,
        reconstructions=decoded(model, codes),
        correlation=neighbour_correlation(counted),
        n_far=int(mark_far(model, codes).sum()),
    )


@st.fragment
def show_natural_images() -> None:
    """Let the visitor choose a model and a draw; show images, noise, their reconstructions, and two ways."""
    with errors_as_messages():
        models = {
            name: model
            for name, model in list_models().items()
            if model.has_latents
            and (model.config.data.name.startswith(FOLDER_PREFIX) or is_available(model.config.data.name))
        }
        if not models:
            st.info(tr("No model fits: its data must be on this machine. Train one on the 8x8 digits (page Train)."))
            return
        left, right = st.columns([2, 3], vertical_alignment="bottom", gap="medium")
        with left:
            model = pick_model(models, default="digits-2d-adam")
        with right:
            seed = pick_whole(
                trc("a sample", "Draw"), _SEED, SEEDS - 1, 0, tr("Seed of the images and of the noise, 0 to {}.")
            )
        found = _find(model, seed)
        if found is None:
            st.info(tr("The images of this model have changed or are too few. Choose another model."))
            return
        _show(model, found)


def _show(model: Model, found: _Found) -> None:
    data, noise, name = found.data, found.noise, model.name
    smooth = is_large(model)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        show_grid(
            np.concatenate([data.images, data.reconstructions, noise.images, noise.reconstructions]),
            tr(
                "Top to bottom: test images, their reconstructions by {model}, uniform noise, its reconstructions.",
                model=name,
            ),
            columns=_ROW,
            smooth=smooth,
        )
        st.markdown(_table(found))
        st.caption(tr("Correlation of neighbouring pixels, MSE of the reconstructions, codes out of distribution."))
    with right:
        show_grid(
            np.concatenate([found.faded, found.decoded]),
            tr(
                "From the first test image to the second. Above: pixels mixed. Below: the line between the codes, "
                "decoded."
            ),
            columns=_STEPS,
            smooth=smooth,
        )
        fade, line = found.errors
        st.markdown(
            tr(
                "The middle images, encoded and decoded again: MSE **{fade:.4f}** for the mixed pixels, **{line:.4f}** "
                "for the decoded point.",
                fade=fade,
                line=line,
            )
        )
        pictures = np.stack(list(photographs().values()))[:, None]
        drawn = uniform_noise(1, 2, pictures.shape[1:])
        show_grid(
            np.concatenate([pictures, drawn]),
            tr(
                "Photographs of 64 x 64 pixels, correlation {photographs:.3f}; noise of the same size, {noise:.3f}. "
                "Each is one point in 4,096 dimensions.",
                photographs=neighbour_correlation(pictures),
                noise=neighbour_correlation(drawn),
            ),
            columns=4,
        )


def _table(found: _Found) -> str:
    head = f"| | {tr('correlation')} | MSE | {tr('far codes')} |\n|---|---|---|---|\n"
    rows = ((tr("test images"), found.data), (tr("noise"), found.noise))
    return head + "\n".join(
        f"| {escape(name)} | {number(row.correlation, '.3f')} | {number(row.mse, '.4f')} | "
        f"{tr('{count} of {all}', count=row.n_far, all=_ROW)} |"
        for name, row in rows
    )


EXPERIMENT = Experiment(
    name="Natural images and noise",
    group="Latent variables",
    source=(
        "S2 (R. Grabovac's thesis), section 1.4, Figure 1.4. Photographs that ship with scikit-learn: danielbuechele "
        "and vultilion, CC BY 2.0"
    ),
    show=show_natural_images,
    notice=(
        "Neighbouring pixels of natural images are alike, those of noise are not. The autoencoder turns noise into "
        "something like its data, with a large error."
    ),
    question="How many images of 8 x 8 pixels with 17 levels are there, and how many of them look like a digit?",
    answer=(
        "$17^{64} \\approx 5.6 \\cdot 10^{78}$, about as many as there are atoms in the observable universe. Draw as "
        "often as you like: none will look like a digit. Digits fill a tiny, thin part of that space, which a plane of "
        "two latent dimensions already follows. A straight line in pixels leaves it at once (two digits on top of each "
        "other); the decoded line stays closer to it, since the decoder gives nothing else."
    ),
)
