"""Vanishing gradients and initialisation: the experiment on the size of the signals in a deep network."""

import plotly.graph_objects as go
import streamlit as st

from aeviz.figures.initialisation import signal_curves
from aeviz.lab.activations import Activation
from aeviz.lab.initialisation import INITIALISATIONS, WIDTH, Signals, measure_signals, weight_variance
from aeviz.language import current_language, mark, number, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages

_ACTIVATIONS: dict[str, Activation] = {"ReLU": "relu", "tanh": "tanh", "sigmoid": "sigmoid", mark("none"): "identity"}
_DEPTHS = ("10", "20", "50")
_VARIANCES = {
    mark("zero"): "0",
    mark("small"): mark("0.01²"),
    "PyTorch": "1 / (3 n)",
    "Xavier": "2 / (n + n)",
    "He": "2 / n",
    mark("too large"): "1",
}


@shared(max_entries=16, spinner=mark("Sending signals through new networks …"))  # some numbers each
def _signals(activation: Activation, layers: int) -> dict[str, Signals]:
    return {name: measure_signals(activation, name, layers) for name in INITIALISATIONS}


@shared(max_entries=16)  # some kB each
def _figure(activation: Activation, layers: int, language: str) -> go.Figure:
    return signal_curves(_signals(activation, layers))


@shared(max_entries=64, spinner=mark("Running all test images through the models, once …"))  # some numbers each
def _dead_units(model: Model, has_images: bool) -> tuple[list[tuple[int, int]] | None, list[tuple[int, int]]]:
    """Return the dead units of the encoder, or None without images, and those of the decoder on the stored codes."""
    from aeviz.analysis.dead_units import count_dead_units  # brings torch

    network = model.network().model

    encoder = None
    dataset = find_originals(model)[0] if has_images else None
    if dataset is not None:
        encoder = count_dead_units(network.encoder, dataset.images)
    return encoder, count_dead_units(network.decoder, model.require_latents().z)


@st.fragment
def show_initialisation() -> None:
    """Let the visitor choose activation function and depth; show the signals of each initialisation, and dead units."""
    with errors_as_messages():
        left, middle, right = st.columns([3, 2, 3], vertical_alignment="bottom", gap="medium")
        with left:
            name = _choose(tr("Activation"), list(_ACTIVATIONS), "activation")
        with middle:
            layers = int(_choose(tr("Layers"), list(_DEPTHS), "layers"))
        with right:
            counts = st.toggle(
                tr("Count dead units in the models"),
                key="dead",
                bind="query-params",
                help=tr("Units of the trained MLPs that output 0 for every test image. It takes some seconds once."),
            )
        activation = _ACTIVATIONS[name]
        signals = _signals(activation, layers)
        chart, table = st.columns([5, 4], gap="small")
        with chart:
            alt = tr(
                "Mean squares of activations and gradients over {layers} layers with {activation}, for six "
                "initialisations",
                layers=layers,
                activation=tr(name),
            )
            show_figure(_figure(activation, layers, current_language()), key="lab.initialisation", alt=alt)
        with table:
            _show_table(signals, layers)
        if counts:
            _show_dead_units()


def _choose(title: str, options: list[str], key: str) -> str:
    return str(choose(st.segmented_control, title, options, default=options[0], required=True, key=key))


def _show_table(signals: dict[str, Signals], layers: int) -> None:
    """Show the variance of the weights, and what becomes of the mean square 1 of the input, by initialisation."""
    rows = []
    for name in INITIALISATIONS:
        a, gradients = signals[name].activations, signals[name].gradients
        factor = (a[-1] / a[1]) ** (1 / (layers - 1)) if a[1] > 0 and a[-1] > 0 else 0.0
        expected = WIDTH * weight_variance(name, WIDTH, WIDTH)
        numbers = (number(expected, ".3g"), number(factor, ".3g"), number(gradients[0], ".2g"))
        rows.append(f"| {tr(name)}: {tr(_VARIANCES[name])} | {' | '.join(numbers)} |")
    st.markdown("\n".join([tr("| Var w | n Var w | factor a layer | gradient, layer 1 |"), "|---|---|---|---|", *rows]))
    st.caption(
        rf"$n = {WIDTH}$. "
        + tr(
            r"A layer multiplies the mean square of its input by $n\,\mathrm{Var}\,w$; ReLU halves it. He's variance "
            r"$2/n$ makes the factor of ReLU $\frac12 n \cdot \frac2n = 1$. Without activation Xavier's is 1."
        )
    )


def _show_dead_units() -> None:
    """Show the dead units of each trained MLP, layer by layer."""
    rows, without = [], False
    for name, model in list_models().items():
        if model.config.model.encoder != "mlp" or not model.has_latents:
            continue
        encoder, decoder = _dead_units(model, find_originals(model)[0] is not None)
        without |= encoder is None
        both = (encoder or []) + decoder
        rows.append(
            {
                tr("model"): name,
                tr("encoder, dead of units"): tr("not counted") if encoder is None else _counts(encoder),
                tr("decoder, dead of units"): _counts(decoder),
                "dead": sum(dead for dead, _ in both) / max(1, sum(width for _, width in both)),
            }
        )
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "dead": st.column_config.ProgressColumn(tr("share dead"), format="percent", min_value=0, max_value=1)
        },
    )
    text = tr("Hidden layers in the order of the network; encoders on the test images, decoders on their codes.")
    if without:
        text += " " + tr("Encoders of models whose images are not on this machine are not counted.")
    st.caption(text)


def _counts(layers: list[tuple[int, int]]) -> str:
    return ", ".join(tr("{dead} of {width}", dead=dead, width=width) for dead, width in layers)


EXPERIMENT = Experiment(
    name="Vanishing gradients",
    group="Learning",
    source=(
        "S2 (R. Grabovac's thesis), section 2.6; X. Glorot and Y. Bengio, AISTATS 2010; K. He et al., ICCV 2015 "
        "(the theses give no formulas)"
    ),
    show=show_initialisation,
    notice=(
        "With ReLU only He's weights keep activations and gradients at one size. With sigmoid the gradients shrink for "
        "all but very large weights."
    ),
    question="Ten layers with sigmoid: how large is the gradient at most, compared with the output's, by slopes alone?",
    answer=(
        r"The slope of sigmoid is at most $\frac14$, so ten layers multiply by at most $4^{-10} = 9.5 \cdot 10^{-7}$, "
        r"times the weights on the way. ReLU has slope 1 where it is positive, which keeps the gradient there, and 0 "
        "elsewhere: a unit that is negative for all images is dead, and no gradient wakes it. Count them in the "
        "trained models. Equal weights are no start either: the units of a layer would get equal gradients and stay "
        "equal."
    ),
    slips=(
        "S2, section 2.6, says that ReLU avoids vanishing gradients. It does not with small weights: with PyTorch's "
        "own initial weights the mean square falls by the factor 6 in each layer. Look at ten layers.",
    ),
)
