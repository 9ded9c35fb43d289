"""Circles of three factors: do the latent dimensions of an autoencoder follow centre and radius?"""

import numpy as np
import streamlit as st

from aeviz.analysis.factors import correlations, explained_by_lines, fit_lines
from aeviz.data.circles import CENTRE_RANGE, RADIUS_RANGE
from aeviz.language import tr
from aeviz.web.components.circles.component import CIRCLES
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages, pick_model
from aeviz.web.kernel.plain_models import layers_of, plain_models, send_layers
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.circles"
USUAL_MODEL = "circles-3d"
_MOST_DIMENSIONS = 8
_FACTOR = (0.0, 28.0)
DISC = Numbers("disc", (14, 14, 4.5, 3), (((*_FACTOR,), (*_FACTOR,), (0.5, 13.0), (0.0, 2.0 + _MOST_DIMENSIONS)),))
"""As `CIRCLES` lists them."""


def show_circles() -> None:
    """Show a disc, its code and its reconstruction by a model of the circles."""
    with errors_as_messages():
        found = plain_models(_fits)
        if not found:
            st.info(tr("No model fits. Train one of the circles on the page Train."))
            return
        model = pick_model(found, default=USUAL_MODEL) if len(found) > 1 else next(iter(found.values()))
        layers = layers_of(model)
        probe = _probe(model)
        if layers is None or probe is None:
            st.info(tr("This model cannot be computed in the page. Choose another one."))
            return
        _show(layers.name, probe)
        send_layers([model])


def _fits(model: Model) -> bool:
    config = model.config
    return (
        config.data.name == "circles"
        and config.model.image_shape == (1, 28, 28)
        and config.model.latent_dim <= _MOST_DIMENSIONS
        and not config.model.is_variational
    )


@st.fragment
def _show(name: str, probe: dict[str, object]) -> None:
    CIRCLES.show(
        DISC.read(),
        key=_KEY,
        on_change=DISC.writer(lambda: numbers_of(_KEY, CHANGED)),
        more={"networks": [name], "probe": probe},
    )


@shared(max_entries=8)  # 1 kB each
def _probe(model: Model) -> dict[str, object] | None:
    """Return what the test images say of latent points and factors; None where the images have changed."""
    dataset, _ = find_originals(model)
    if dataset is None or dataset.factors is None:
        return None
    z = model.require_latents().z
    low, high = np.quantile(z, (0.01, 0.99), axis=0)
    return {
        "low": low.tolist(),
        "high": high.tolist(),
        "lines": fit_lines(z, dataset.factors).tolist(),
        "r2": explained_by_lines(z, dataset.factors).tolist(),
        "correlations": correlations(z, dataset.factors).tolist(),
        "trained": [CENTRE_RANGE, CENTRE_RANGE, RADIUS_RANGE],
    }


EXPERIMENT = Experiment(
    name="Circles with three factors",
    group="Latent variables",
    source=(
        "S2 (R. Grabovac's thesis), section 1.4, Figure 1.3; G. Alain and Y. Bengio, Understanding intermediate layers "
        "using linear classifier probes, 2016, arXiv:1610.01644"
    ),
    show=show_circles,
    notice=(
        "Three latent dimensions are enough for almost perfect reconstructions. None of them is centre x, centre y or "
        "radius: along each the disc moves and grows. Drag it out of the dashed square."
    ),
    question="Each image is given by three numbers. Must the three latent dimensions of an autoencoder be these?",
    answer=(
        "No. If $z$ is a code, $h(z)$ is one too for every invertible $h$: encoder and decoder can absorb it, and the "
        "reconstruction error is the same. So nothing in the loss asks for centre and radius. The linear probe shows "
        "how far $h$ is from a linear map: $R^2$ is about 0.8 for the centre and 0.65 for the radius. The information "
        "is there all the same, or the reconstructions would be worse. Outside of what the training images show "
        "(dashed), the model fails: it draws the disc elsewhere or no disc at all, for it has learned these images "
        "and not what a circle is."
    ),
)
