"""A VAE in one picture: one image, its posterior, the noise that is dragged, and the gradients through it."""

import numpy as np
import streamlit as st

from aeviz.language import tr
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.one_vae.component import ONE_VAE
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.controls import SEEDS, pick_image, pick_whole
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages, pick_model
from aeviz.web.kernel.plain_models import layers_of, plain_models, send_layers
from aeviz.web.lab.numbers import Numbers
from aeviz.web.lab.posterior_cached import drawn_image

_KEY = "lab.one-vae"
USUAL_MODEL = "vae-2d"
_IMAGE, _SEED = "image", "draw"
"""URL parameters."""
_USUAL_IMAGE = 0
_CODES = 500
"""Codes on the map, evenly spaced over the test set."""
_NOISE = (-3.0, 3.0)
NOISE = Numbers("noise", (1.2, -0.6, 60, 1, 1), ((_NOISE, _NOISE, (1.0, 200.0), (0.0, 99.0), (1.0, 20.0)),))
"""As `ONE_VAE` lists them."""


def show_one_vae() -> None:
    """Let the visitor choose a model and an image; show its way through the VAE."""
    with errors_as_messages():
        found = plain_models(_fits)
        if not found:
            st.info(
                tr(
                    "No model fits: a VAE with two latent dimensions and one image channel. Train one on the page "
                    "Train."
                )
            )
            return
        controls = st.columns([3, 4], vertical_alignment="bottom", gap="small")
        with controls[0]:
            model = pick_model(found, default=USUAL_MODEL)
        layers = layers_of(model)
        if layers is None:
            st.info(tr("This model cannot be computed in the page. Choose another one."))
            return
        with controls[1], st.container(horizontal=True, vertical_alignment="bottom"):
            image = _pick(model)
        _show(layers.name, model, image)
        send_layers([model])


def _fits(model: Model) -> bool:
    config = model.config.model
    return config.bottleneck == "gaussian" and config.latent_dim == 2 and config.image_shape[0] == 1


def _pick(model: Model) -> np.ndarray:
    """Return the pixels of the chosen image, (1, H, W), uint8; without test images that of a draw from the prior."""
    dataset, _ = find_originals(model)
    if dataset is None:
        seed = pick_whole(tr("Seed of the image, drawn from the prior"), _SEED, SEEDS - 1, 0, tr("From 0 to {}."))
        drawn: np.ndarray = np.rint(drawn_image(model, seed) * 255).astype(np.uint8)
        return drawn
    number = pick_image(model, tr("Test image"), _IMAGE, min(_USUAL_IMAGE, len(dataset) - 1))
    image: np.ndarray = dataset.images[number]
    return image


@st.fragment
def _show(name: str, model: Model, image: np.ndarray) -> None:
    ONE_VAE.show(
        NOISE.read(),
        key=_KEY,
        on_change=NOISE.writer(lambda: numbers_of(_KEY, CHANGED)),
        more={
            "networks": [name],
            "image": image.ravel().tolist(),
            "shape": image.shape,
            **_codes(model),
        },
    )


@shared(max_entries=8)  # 20 kB each
def _codes(model: Model) -> dict[str, object]:
    table = model.require_latents()
    chosen = np.unique(np.linspace(0, len(table.z) - 1, _CODES).round().astype(int))
    labels = None if table.labels is None else table.labels[chosen].tolist()
    return {"codes": table.z[chosen].astype(np.float64).round(3).tolist(), "labels": labels}


EXPERIMENT = Experiment(
    name="A VAE in one picture",
    group="Gradients through noise",
    source=(
        "S2 (R. Grabovac's thesis), section 3.5, Figure 3.2, Algorithm 4; D. P. Kingma and M. Welling, Auto-encoding "
        "variational Bayes, ICLR 2014, arXiv:1312.6114, section 2.4"
    ),
    show=show_one_vae,
    notice=(
        r"The gradient of the error reaches $\mu$ and $\sigma$ through $z = \mu + \sigma\varepsilon$. "
        r"Drag $\varepsilon$, and make $\sigma$ larger: the error grows."
    ),
    question="One draw of the noise gives a gradient for mean and deviation. Why may training use a single draw?",
    answer=(
        r"The gradient of one draw is unbiased: $\partial_\mu \mathbb{E}\,E(z) = \mathbb{E}\,E'(z)$ and "
        r"$\partial_\sigma \mathbb{E}\,E(z) = \mathbb{E}\,[\varepsilon E'(z)]$, since the law of $\varepsilon$ depends "
        r"on neither. A batch averages over its images anyway. To first order $\partial_\sigma$ is "
        r"$\sigma E''(\mu)$: where the error is curved upwards, the reconstruction term shrinks $\sigma$, and the KL "
        r"term keeps it from vanishing, with derivative $\sigma - 1/\sigma$. If z were drawn from "
        r"$\mathcal{N}(\mu, \sigma^2)$ in one step, no derivative would pass through the draw."
    ),
    slips=(
        r"S2, section 3.5 and Algorithm 4, print $z = \mu + \sigma^2\varepsilon$. Right is $z = \mu + "
        r"\sigma\varepsilon$; $\sigma$ is the standard deviation.",
    ),
)
