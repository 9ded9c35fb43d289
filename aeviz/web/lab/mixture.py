"""EM on a mixture of Gaussians by half steps, beside k-means: the experiment on the first latent variable model."""

import numpy as np
import streamlit as st

from aeviz.figures.palette import CLASS_COLOURS
from aeviz.lab.mixture import example_sets
from aeviz.language import tr
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.mixture.component import MIXTURE
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.mixture"
MODELS = "vae-2d", "mlp-2d-amsgrad"
"""Shipped models with a latent plane, whose codes are data; their order is that of the address."""
SHOWN_CODES = 400
"""Codes of a model that are sent, evenly spaced over its test set."""
_COLOURS = [CLASS_COLOURS[k] for k in (0, 6, 2, 4, 8, 3)]
_MEAN, _SWITCH = (-99.0, 99.0), (0.0, 1.0)
STATE = Numbers(
    "mixture",
    (0, 0, 1, 0, -1, 0, 0, 0.5, 1, 0),
    [((0.0, 4.0), _SWITCH, _SWITCH, (0.0, 400.0)) + (_MEAN,) * (2 * count) for count in range(2, 7)],
)
"""As `MIXTURE` lists them."""


@st.fragment
def show_mixture() -> None:
    """Show data and mixture as the address has them; what the visitor changes goes into the address."""
    sets = [{"name": tr(name), "points": points.tolist()} for name, points in _examples().items()]
    models = list_models()
    sets += [
        {"name": tr("codes of {model}", model=name), "points": _codes(models[name])}
        for name in MODELS
        if _has_plane(models, name)
    ]
    MIXTURE.show(
        STATE.read(),
        key=_KEY,
        on_change=STATE.writer(lambda: numbers_of(_KEY, CHANGED)),
        more={"sets": sets, "palette": _COLOURS},
    )


def _has_plane(models: dict[str, Model], name: str) -> bool:
    return name in models and models[name].has_latents and models[name].config.model.latent_dim == 2


@shared(max_entries=1)  # 10 kB
def _examples() -> dict[str, np.ndarray]:
    return example_sets()


@shared(max_entries=4)  # 20 kB each
def _codes(model: Model) -> list[list[float]]:
    z = model.require_latents().z
    chosen = np.unique(np.linspace(0, len(z) - 1, SHOWN_CODES).round().astype(int))
    codes: list[list[float]] = z[chosen].astype(np.float64).round(2).tolist()
    return codes


EXPERIMENT = Experiment(
    name="EM on a mixture",
    group="Latent variables",
    source="S2 (R. Grabovac's thesis), section 1.6, equations (1.10) to (1.13), Algorithm 1; section 1.2 for k-means",
    show=show_mixture,
    notice=(
        "The E-step lifts the lower bound onto ln p(D) and moves no component. The M-step moves them: both rise, and a "
        "gap opens. Drag a mean to start elsewhere."
    ),
    question="EM never lowers ln p(D). Does it find the best mixture, and is there one?",
    answer=(
        "It need not: another start may end at another local maximum. Press *New start* and *Run* a few times and "
        "compare ln p(D). For Gaussians there is no best mixture at all: press *Singularity* and *Run*. A component "
        "whose mean is a single point can shrink without end, and ln p(D) grows beyond all bounds. A floor of the "
        "variance prevents that. K-means is the limit of EM for equal round components whose variance goes to 0: it "
        "assigns each point to one mean, so it cuts the two long clouds across."
    ),
    slips=(
        r"S2, Algorithm 1, lists the pairs $(x_i, z_i)$ as input. The $z_i$ are unknown: only the $x_i$ are given.",
        r"S2, section 1.6, step a), prints $\mathrm{ELBO} = p_\theta(x)$. Right is $\ln p_\theta(x)$; the last term of "
        "the first line of the proof lacks the logarithm too.",
        "S2, section 1.6, says that the log-likelihood converges monotonically. It never falls; that the limit is a "
        "global maximum does not follow, and without a floor of the variance it may not converge.",
    ),
)
