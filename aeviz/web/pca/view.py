"""A linear autoencoder trained beside PCA: controls, film, verdict."""

import time

import streamlit as st

from aeviz.data import is_available, list_datasets
from aeviz.data.catalog import FOLDER_PREFIX
from aeviz.lab.linear_autoencoder import OPTIMIZERS, PENALTIES, LinearConfig, OptimizerName, PenaltyName, default_rate
from aeviz.language import mark, tr
from aeviz.web.components.pca_film import component
from aeviz.web.kernel import jobs
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import pick_seed
from aeviz.web.kernel.images import offer_download
from aeviz.web.kernel.lab_recipes import pca_code
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.recipes import offer_code
from aeviz.web.kernel.text import escape
from aeviz.web.pca import cached
from aeviz.web.pca.saved_film import offer_film
from aeviz.web.pca.verdicts import tell_verdict

MOST_COMPONENTS = 64
RATES: dict[str, tuple[str, ...]] = {
    "adam": ("0.001", "0.003", "0.01", "0.03", "0.1"),
    "gradient descent": ("0.1", "0.3", "1", "3", "10", "30"),
    "momentum": ("0.03", "0.1", "0.3", "1", "3"),
}
"""Learning rates on offer, for the optimizers that have one."""
STRENGTHS = ("0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1")
"""Weights of the L2 penalty on offer."""
FREE, TIED = mark("free"), mark("tied")
_TRANSLATED = (
    *(mark("gradient descent"), mark("momentum"), mark("least squares")),
    *(mark("none"), mark("equal"), mark("rising")),
)
"""Names of OPTIMIZERS and PENALTIES that other languages have words for."""
STEPS = ("250", "500", "1000", "2000")
PATIENCE_S = 0.5
"""Seconds of training after which its progress is shown."""


def show_linear() -> cached.DataKey | None:
    """Train as the controls say, play the film, and tell what is equal and what is not.

    Returns:
        The images that the visitor chose; None where they are not on this machine.
    """
    names, default = _list_data()
    asked = st.query_params.get("data", default)
    if asked not in names:
        st.info(
            tr("Unknown data set '{name}'; {shown} is shown.", name=escape(asked[:80]), shown=default),
            icon=":material/info:",
        )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="settings"):
        chosen = _pick_data(names, default)
        config = _pick_config()
    if not is_available(chosen):
        offer_download(chosen, tr("to train on them"))
        st.info(
            tr("The 8x8 digits and the circles need no download: choose them above."),
            icon=":material/hide_image:",
        )
        return None
    key = cached.data_key(chosen)
    with errors_as_messages(stop=False):
        model = _train(key, config)
        component.pca_film(model.film, key="pca-film")
        offer_film(key, config)
        with st.container(border=True, key="verdict"):
            st.markdown(tell_verdict(model, config, cached.moments(key)))
        offer_code(pca_code(chosen, config, most_pixels=cached.MOST_PIXELS, most_images=cached.MOST_IMAGES))
    return key


def _list_data() -> tuple[list[str], str]:
    """Return the names of the images on offer, and the one that is shown at first."""
    names = [info.name for info in list_datasets()]
    own: list[Model] = list(list_models().values())
    folders = {model.config.data.name for model in own if model.config.data.name.startswith(FOLDER_PREFIX)}
    names += sorted(name for name in folders if jobs.may_use_data(name))  # not what others uploaded to a shared server
    return names, "mnist" if is_available("mnist") else "digits"


def _pick_data(names: list[str], default: str) -> str:
    """Let the visitor choose the images; the choice is in the URL."""
    return str(
        st.selectbox(
            tr("Images"),
            names,
            index=names.index(default),
            key="data",
            bind="query-params",
            width=140,
            help=tr("Training images. The 8x8 digits and the circles need no download; faces are reduced to 16x16."),
        )
    )


def _train(key: cached.DataKey, config: LinearConfig) -> cached.LinearRun:
    """Train, with a bar where that takes a while."""
    place, begun = st.empty(), 0.0

    def tell(step: int) -> None:
        nonlocal begun
        if not step:
            begun = time.perf_counter()
            return
        gone = time.perf_counter() - begun
        if gone > PATIENCE_S:
            left = gone * (config.steps - step) / step
            said = tr(
                "Step {step:,} of at most {steps:,}; at most {left:.0f} s left",
                step=step,
                steps=config.steps,
                left=left,
            )
            place.progress(step / config.steps, said)

    try:
        return cached.linear_run(key, config, tell)
    finally:
        place.empty()


def _pick_config() -> LinearConfig:
    """Offer every setting, those that matter least folded away; all are in the URL."""
    k = st.slider(
        tr("Latent size k"),
        min_value=1,
        max_value=MOST_COMPONENTS,
        value=2,
        key="k",
        bind="query-params",
        width=150,
        help=tr("Latent dimensions, and components of PCA: 1 to 64."),
    )
    optimizer: OptimizerName = choose(
        st.selectbox,
        tr("Optimizer"),
        OPTIMIZERS,
        key="optimizer",
        width=150,
        help=tr(
            "Adam (learning rate decays to 1 %); gradient descent, without or with momentum 0.9; alternating "
            "least squares; L-BFGS with exact line search from a balanced start."
        ),
    )
    least_squares = optimizer == "least squares"
    penalty: PenaltyName = choose(
        st.segmented_control,
        tr("L2 on both layers"),
        PENALTIES,
        default="none",
        required=True,
        key="penalty",
        disabled=least_squares,
        help=tr("None; equal for all units; or increasing from unit to unit, which breaks the rotation symmetry."),
    )
    with st.popover(tr("More settings"), icon=":material/tune:"):
        rate = None
        if optimizer in RATES:
            rate = st.select_slider(
                tr("Learning rate"),
                RATES[optimizer],
                value=f"{default_rate(optimizer, 784):g}",
                key=f"rate.{optimizer}",
                bind="query-params",
                help=tr("For the error divided by the total variance, so it means the same for all data."),
            )
        l2 = "0.01"
        if penalty != "none" and not least_squares:
            l2 = st.select_slider(
                tr("Strength of L2"),
                STRENGTHS,
                value="0.01",
                key="l2",
                bind="query-params",
                help=tr(
                    "Relative to the error divided by the total variance. Components with a smaller share of the "
                    "variance are dropped."
                ),
            )
        weights = choose(
            st.segmented_control,
            tr("Weights"),
            [FREE, TIED],
            default=FREE,
            required=True,
            key="weights",
            disabled=least_squares,
            help=tr("Tied: the decoder is the transpose of the encoder. Alternating least squares needs free weights."),
        )
        steps = st.selectbox(
            tr("Maximum steps"),
            STEPS,
            index=1,
            key="steps",
            bind="query-params",
            help=tr("Training ends early at an excess error of 1e-5 and an angle of 0.5°."),
        )
        centred = st.toggle(
            tr("Centring"),
            value=True,
            key="centred",
            bind="query-params",
            help=tr("Subtract the mean image first and add it to the output, as biases would. PCA does the same."),
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            seed = pick_seed()
    return LinearConfig(
        latent_dim=int(k),
        optimizer=optimizer,
        learning_rate=None if rate is None else float(rate),
        is_tied=weights == TIED and not least_squares,
        centred=bool(centred),
        penalty="none" if least_squares else penalty,
        l2=float(l2),
        seed=seed,
        steps=int(steps),
    )
