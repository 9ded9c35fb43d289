"""The encoder of one model before the decoder of another: nonsense, unless their latent planes are aligned."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from aeviz.analysis.alignment import LatentTranslation, find_affine
from aeviz.data import is_available
from aeviz.data.folder import FOLDER_PREFIX
from aeviz.language import tr
from aeviz.training.runs import list_compared
from aeviz.web.components.foreign_decoder.component import FOREIGN_DECODER
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel import spaces
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.controls import pick_image
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import decoded, find_originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages, pick_model, same_images
from aeviz.web.kernel.plain_models import is_plain, layers_of, plain_models, send_layers
from aeviz.web.kernel.url import drop_stale_choice
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.foreign-decoder"
USUAL_MODEL, USUAL_DECODER = "digits-2d-adam", "digits-adam-seed-4"
_DECODER, _IMAGE = "decoder", "image"
"""URL parameters."""
_CODES = 400
"""Codes on each map, evenly spaced over the test set."""
_OFFSET = (-99.0, 99.0)
OFFSET = Numbers("foreign", (0, 0, 6), ((_OFFSET, _OFFSET, (1.0, 12.0)),))
"""As `FOREIGN_DECODER` lists them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pairing:
    """Two models on the same test images."""

    maps: tuple[LatentTranslation, LatentTranslation]
    """From the first latent plane to the second: the similarity and the affine map of least squares."""
    codes: tuple[np.ndarray, np.ndarray]
    """(400, 2) each, of the same test images."""
    labels: np.ndarray | None
    """(400,), int64."""
    errors: tuple[float, ...]
    """Mean squared error over the test images: of either model, of A before B as it is and after each map."""


def show_foreign_decoder() -> None:
    """Let the visitor choose two models and an image; show the codes of the one decoded by the other."""
    with errors_as_messages():
        found = plain_models(_fits)
        decoders = found | _other_seeds()
        pairs = {name: _partners(decoders, name) for name in found}
        found = {name: model for name, model in found.items() if pairs[name]}
        if not found:
            st.info(tr("No two models fit: they need two latent dimensions, and test images on this machine."))
            return
        controls = st.columns([3, 3, 4], vertical_alignment="bottom", gap="small")
        with controls[0]:
            first = pick_model(found, default=USUAL_MODEL)
        with controls[1]:
            second = _pick_decoder(decoders, pairs[first.name])
        layers = [layers_of(model) for model in (first, second)]
        pairing, dataset = _pair(first, second), find_originals(first)[0]
        if pairing is None or dataset is None or None in layers:
            st.info(tr("The test images of these models have changed, or the page cannot compute them. Choose others."))
            return
        with controls[2], st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            image = dataset.images[pick_image(first, tr("Test image"), _IMAGE, 0)]
        _show([each.name for each in layers if each is not None], (first.name, second.name), pairing, image)
        send_layers([first, second])


def _fits(model: Model) -> bool:
    config, name = model.config, model.config.data.name
    return (
        config.model.latent_dim == 2
        and config.model.image_shape[0] == 1
        and not config.model.is_variational
        and (name.startswith(FOLDER_PREFIX) or is_available(name))
    )


@shared(max_entries=1)  # handles
def _other_seeds() -> dict[str, Model]:
    """Return runs with other initial weights: those of the comparison of optimizers that fit, by name."""
    models = [Model(folder) for folder in list_compared()]
    return {model.name: model for model in models if model.has_latents and is_plain(model) and _fits(model)}


def _partners(decoders: dict[str, Model], name: str) -> list[str]:
    """Return the other models that have encoded the same test images, those with another seed first."""
    first = decoders[name]
    names = [other for other, model in decoders.items() if other != name and same_images(first, model)]
    return sorted(names, key=lambda other: decoders[other].config.train.seed == first.config.train.seed)


def _pick_decoder(decoders: dict[str, Model], names: list[str]) -> Model:
    drop_stale_choice(_DECODER, names)
    chosen = st.selectbox(
        tr("Decoder of"),
        names,
        index=names.index(USUAL_DECODER) if USUAL_DECODER in names else 0,
        key=_DECODER,
        bind="query-params",
        help=tr("Model B, whose decoder gets the codes of the first model, A."),
    )
    return decoders[str(chosen)]


@st.fragment
def _show(layers: list[str], titles: tuple[str, str], pairing: _Pairing, image: np.ndarray) -> None:
    sent = {
        "image": image.ravel().tolist(),
        "shape": image.shape,
        "labels": None if pairing.labels is None else pairing.labels.tolist(),
        "codes": [codes.astype(np.float64).round(3).tolist() for codes in pairing.codes],
        "maps": [{"matrix": each.matrix.tolist(), "shift": each.shift.tolist()} for each in pairing.maps],
        "errors": pairing.errors,
        "titles": titles,
    }
    FOREIGN_DECODER.show(
        OFFSET.read(),
        key=_KEY,
        on_change=OFFSET.writer(lambda: numbers_of(_KEY, CHANGED)),
        more={"networks": layers, "pairing": sent},
    )


@shared(max_entries=16)  # 20 kB each
def _pair(first: Model, second: Model) -> _Pairing | None:
    """Return maps, codes and errors of two models; None where their test images are not at hand."""
    dataset, _ = find_originals(first)
    similarity = spaces.bridge(first, second)
    if dataset is None or similarity is None:
        return None
    table = first.require_latents()
    a, b = table.z, second.require_latents().z
    affine = find_affine(a, b)
    images = dataset.images.astype(np.float32) / np.float32(255)

    def error(model: Model, codes: np.ndarray) -> float:
        return float(((decoded(model, codes) - images) ** 2).mean())

    chosen = np.unique(np.linspace(0, len(a) - 1, _CODES).round().astype(int))
    return _Pairing(
        maps=(similarity, affine),
        codes=(a[chosen], b[chosen]),
        labels=None if table.labels is None else table.labels[chosen],
        errors=(
            error(first, a),
            error(second, b),
            error(second, a),
            error(second, similarity.apply(a)),
            error(second, affine.apply(a)),
        ),
    )


EXPERIMENT = Experiment(
    name="Encoder of A, decoder of B",
    group="Latent variables",
    source="S1 (M. Sevkovych's thesis), Lemma 2.1.3, Theorem 2.1.4; Procrustes: P. Schoenemann, Psychometrika 31, 1966",
    show=show_foreign_decoder,
    notice=(
        "The decoder of another training does not understand the codes; a similarity mends a part. With the same seed "
        "(digits-2d-amsgrad) the planes are alike."
    ),
    question="Both models were trained on the same images. Why do they not share a latent space?",
    answer=(
        "A latent space is defined only up to an invertible map h: encoder h(f(x)) with decoder g(h⁻¹(z)) has the same "
        "error. Which one training finds depends on the initial weights and the order of the batches, that is on the "
        "seed. A similarity or an affine map undoes rotation, reflection, scale and shear. The error that remains is "
        "what no linear map explains: the planes are bent and cut differently, and other classes are neighbours. Both "
        "maps bring the codes together, not the images: for mlp-2d-adam and mlp-2d-amsgrad, whose planes are alike, "
        "they even make the images worse. The chain is N autoencoders composed, which Theorem 2.1.4 allows: the first "
        "one changes the image most, each further one little, and together they drift away from x."
    ),
)
