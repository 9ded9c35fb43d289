"""Walks on the manifold: a cross-fade of two images beside the decoded line between their codes."""

import numpy as np
import streamlit as st

from aeviz.data import is_available
from aeviz.data.folder import FOLDER_PREFIX
from aeviz.lab.manifold_walk import nearest_data, usual_distance
from aeviz.lab.natural_images import straight_line
from aeviz.language import tr
from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.kit.wire import blob_name, pack
from aeviz.web.components.manifold_walk.component import MANIFOLD_WALK
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.controls import pick_whole
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages, pick_model
from aeviz.web.kernel.plain_models import layers_of, plain_models, send_layers
from aeviz.web.kernel.spaces import Sent
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.manifold-walk"
USUAL_MODEL = "circles-3d"
_STEPS = 51
"""Places on each walk whose distance is measured."""
_FIRST, _LAST = "from", "to"
"""URL parameters."""
_PAIR = 12, 14
"""The test images at first."""
PLACE = Numbers("t", (0.5,), (((0.0, 1.0),),))
"""As `MANIFOLD_WALK` has it."""


def show_manifold_walk() -> None:
    """Let the visitor choose a model and two test images; show both walks between them."""
    with errors_as_messages():
        found = plain_models(_has_images)
        if not found:
            st.info(tr("No model fits: its test images must be on this machine."))
            return
        controls = st.columns([2, 3], vertical_alignment="bottom", gap="small")
        with controls[0]:
            model = pick_model(found, default=USUAL_MODEL)
        layers = layers_of(model)
        with controls[1], st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            first, last = _pick_pair(len(model.require_latents().z))
        walk = _walk(model, first, last)
        if layers is None or walk is None:
            st.info(tr("The images of this model have changed, or the page cannot compute it. Choose another model."))
            return
        _show(layers.name, walk.name)
        send_layers([model])
        send_blob(walk.name, walk.content)


def _pick_pair(count: int) -> tuple[int, int]:
    """Let the visitor choose two test images by their numbers, or by chance."""
    why = tr("Index in the test set, 0 to {}.")
    first = pick_whole(tr("From image"), _FIRST, count - 1, min(_PAIR[0], count - 1), why)
    last = pick_whole(tr("To image"), _LAST, count - 1, min(_PAIR[1], count - 1), why)
    st.button(
        tr("Random"),
        icon=":material/casino:",
        on_click=_jump,
        args=(count,),
        help=tr("Choose two test images by chance."),
    )
    return first, last


def _jump(count: int) -> None:
    for name, number in zip((_FIRST, _LAST), np.random.default_rng().choice(count, 2), strict=True):
        st.session_state[name] = float(number)


def _has_images(model: Model) -> bool:
    name = model.config.data.name
    return name.startswith(FOLDER_PREFIX) or is_available(name)


@st.fragment
def _show(layers: str, walk: str) -> None:
    MANIFOLD_WALK.show(
        PLACE.read(),
        key=_KEY,
        on_change=PLACE.writer(lambda: numbers_of(_KEY, CHANGED)),
        more={"networks": [layers, walk]},
    )


@shared(max_entries=2)  # 31 MB each for MNIST
def _data(model: Model) -> tuple[np.ndarray, float] | None:
    """Return the test images, (N, P), float32 in [0, 1], and the usual distance of two neighbours among them."""
    dataset, _ = find_originals(model)
    if dataset is None or len(dataset) < 2:
        return None
    data = dataset.images.reshape(len(dataset), -1).astype(np.float32) / np.float32(255)
    return data, usual_distance(data)


@shared(max_entries=16)  # 0.1 MB each
def _walk(model: Model, first: int, last: int) -> Sent | None:
    """Return distances and errors along both walks for the page, and the nearest test images; None without these."""
    found = _data(model)
    if found is None or max(first, last) >= len(found[0]):
        return None
    (data, usual), run, shape = found, model.network(), model.config.model.image_shape
    ends = data[[first, last]].reshape(2, *shape)
    codes = run.encode(ends).numpy()
    decoded = run.decode(straight_line(codes[0], codes[1], _STEPS).astype(np.float32)).numpy()
    images = np.concatenate([straight_line(ends[0], ends[1], _STEPS).astype(np.float32), decoded])
    errors = ((run.reconstruct(images).numpy() - images) ** 2).mean(axis=(1, 2, 3))
    indices, distances = nearest_data(images.reshape(len(images), -1), data)
    packed = pack(
        {
            "ends": np.rint(ends * 255).astype(np.uint8),
            "codes": codes,
            "distances": distances.astype(np.float32),
            "errors": errors.astype(np.float32),
            "nearest": np.rint(data[indices] * 255).astype(np.uint8),
            "numbers": indices.astype(np.int32),
            "usual": usual,
            "shape": shape,
            "steps": _STEPS,
        }
    )
    return Sent(name=blob_name("walk", packed), content=packed)


EXPERIMENT = Experiment(
    name="Walks on the manifold",
    group="Latent variables",
    source="S2 (R. Grabovac's thesis), section 1.4: the manifold hypothesis and latent spaces",
    show=show_manifold_walk,
    notice=(
        "Half-way between two images the mixed pixels show both, far from all data. The point half-way between their "
        "codes is decoded to one image."
    ),
    question="Why is the straight line between two codes not straight among the images, and why is that good?",
    answer=(
        "The decoder is not linear: it bends the latent space into a curved surface among the images, near the data "
        "that it was trained on. The line between two codes follows that surface, the line between two images cuts "
        "through the space beside it. It works only where data lie: from circle 8 to 17 the line of the codes passes a "
        "hole in which the decoder draws nothing. For MNIST with two dimensions the decoded line misses the ends "
        "themselves, for two dimensions are too few. The error on being encoded and decoded again is small on the "
        "latent walk by construction: the decoder gives nothing but its own images."
    ),
)
