"""Convolution, transposed convolution and pooling: the experiment with grids of numbers to edit."""

import streamlit as st

from aeviz.lab.convolution import FIGURE_INPUT, FIGURE_KERNEL, KERNELS
from aeviz.language import mark, tr
from aeviz.web.components.convolution.component import CHANGED, convolution
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers
from aeviz.web.lab.pictures import digit_levels, shown_name

_KEY = "lab.convolution"
_HEAD = ((0.0, 1.0), (1.0, 4.0), (0.0, 4.0), (1.0, 25.0), (0.0, 4.0), (1.0, 5.0), (1.0, 4.0))
_SIZES, _SIDES = range(1, 6), range(2, 9)
_WEIGHT, _LEVEL = (-9.0, 9.0), (-99.0, 99.0)
_AFTER = ((-99.0, 99.0), (0.0, 3.0))
_START = (3.0, 0.0, 1.0, 0.0, 1.0, 1.0, 2.0, 2.0, 0.0, 0.0)
_OLD_HEAD, _NEW_HEAD = 8, 10
LAYER = Numbers(
    "layer",
    (*_START, *map(float, KERNELS["vertical edges (Sobel)"][1])),
    [((float(size), float(size)), *_HEAD, *after, *(_WEIGHT,) * size**2) for size in _SIZES for after in (_AFTER, ())],
)
"""Size of the kernel, kind, stride, padding, divisor; kind, window and stride of the second step; bias and activation
function, which addresses from before there were these lack; then the weights."""
INPUT = Numbers("input", (), [(_LEVEL,) * side**2 for side in _SIDES])
"""The numbers of a square input, row by row; none for the digit that the page starts with."""
_PIXEL = tuple(16 if place == 12 else 0 for place in range(25))
_FIGURE = (*_START, *FIGURE_KERNEL, *FIGURE_INPUT)


@st.fragment
def show_convolution() -> None:
    """Show the layer and the input as the address has them; what the visitor changes goes into the address."""
    inputs = digit_levels() | {mark("one white pixel"): _PIXEL}
    layer = LAYER.read()
    if len(layer) == _OLD_HEAD + round(layer[0]) ** 2:
        layer = (*layer[:_OLD_HEAD], 0.0, 0.0, *layer[_OLD_HEAD:])
    head = (round(value) for value in layer[:_NEW_HEAD])
    values = (*head, *layer[_NEW_HEAD:], *(INPUT.read() or inputs["digit 3"]))
    convolution(
        values,
        kernels={tr(name): (divisor, *weights) for name, (divisor, weights) in KERNELS.items()},
        inputs={shown_name(name): levels for name, levels in inputs.items()},
        figure=_FIGURE,
        key=_KEY,
        on_change=_keep,
    )


def _keep() -> None:
    """Write the reported numbers into the address: those of the layer, then those of the input."""
    values = numbers_of(_KEY, CHANGED)
    end = _NEW_HEAD + round(values[0]) ** 2 if values and abs(values[0]) < 10 else 0
    LAYER.writer(lambda: values[:end])()
    INPUT.writer(lambda: values[end:])()


EXPERIMENT = Experiment(
    name="Convolution and pooling",
    group="Images",
    source=(
        "S1 (M. Sevkovych), Definitions 1.3.8 to 1.3.13; S2 (R. Grabovac's thesis), section 2.3, Example 2.3.2, "
        "Figures 2.6 and 2.7"
    ),
    show=show_convolution,
    notice=(
        "Each number of the feature map is one sum over a window of the input. Point at it, then drag numbers of the "
        "input or the kernel, or add a bias and an activation function."
    ),
    question="Which 3 x 3 kernel moves an image one pixel to the left? Can a convolution turn it upside down?",
    answer=(
        "All weights 0 but a 1 at the right of the middle: each output takes the pixel to the right of it, so the "
        "image moves left. No convolution turns the image: every output treats the window around it alike, so "
        "moving the input moves the output and nothing else. Therefore a feature map "
        "followed by pooling changes little under small shifts. Compare a convolution with *the way back*: the "
        "transposed convolution restores the size, not the image. The [Network](/network?model=conv-64d-amsgrad) page "
        "shows the feature maps of a trained model."
    ),
    slips=(
        "S1, equations (1.9) and (1.10), shift by m + i with indices from 1: they begin one pixel late and leave the "
        "image at its end. Right is m + i - 1.",
        "S1, equations (1.11) and (1.12): the windows of min and max pooling do not move with (i, j), and the stride "
        "is defined but not used. Right is (i - 1)s + k with the side floor((M - p) / s) + 1.",
        "S1, Definition 1.3.8, calls an operator between finite sets continuous. A convolution also leaves the set "
        "{0, ..., 255}, as the feature map here shows.",
        "S2, Example 2.3.2, prints 196,736 parameters of the dense layer. 3,072 * 64 + 64 = 196,672.",
        "S2, section 2.3, says that pooling makes a network independent of orientation and size. It helps with small "
        "shifts only.",
        "S2, Figure 2.6: the text gives 4, 1, 2, 0 and the maximum 4, which this page reproduces; the numbers of input "
        "and kernel stand in the figure alone, and those here are our own.",
    ),
)
