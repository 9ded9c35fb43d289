"""An image as numbers: matrix, vector and rounding of a digit's pixels."""

import math

import streamlit as st

from aeviz.lab.pixels import GREY_WEIGHTS
from aeviz.language import mark, tr
from aeviz.web.components.image_numbers.component import CHANGED, image_numbers
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.rgb_pixel.component import RGB_PIXEL
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers
from aeviz.web.lab.pictures import digit_levels, shown_name, small_flower

_KEY = "lab.image-numbers"
NUMBERS = Numbers(
    "numbers",
    (3.0, 2.0, 8.0, 8.0, 0.0, 127.5),
    [((0.0, 9.0), (0.0, 63.0), (1.0, 8.0), (2.0, 32.0), (0.0, 3.0), (0.0, 255.0))],
)
"""Image, cell, bits, columns, what the cells show, 255 times the pixel that is rounded."""


_RGB_KEY = "lab.rgb-pixel"
_GREY, _COLOUR = mark("grey: d = 1"), mark("RGB: d = 3")
RGB = Numbers(
    "rgb",
    (27.0, 201.0, 73.0, 26.0, 0.0),
    [((0.0, 63.0), *[(0.0, 255.0)] * 3, (0.0, len(GREY_WEIGHTS) - 1.0))],
)
"""As `RGB_PIXEL` lists them: at first the pixel in row 4, column 4 as it is in the image."""


@st.fragment
def show_image_numbers() -> None:
    """Show the image as the address has it; what the visitor changes goes into the address."""
    kinds = [_GREY, _COLOUR]
    kind = choose(
        st.segmented_control,
        tr("Pixels"),
        kinds,
        default=_GREY,
        required=True,
        key="pixels",
        label_visibility="collapsed",
    )
    if kind == _COLOUR:
        _show_rgb()
    else:
        _show_grey()


def _show_rgb() -> None:
    image = small_flower()
    RGB_PIXEL.show(
        [round(value) for value in RGB.read()],
        key=_RGB_KEY,
        on_change=RGB.writer(lambda: numbers_of(_RGB_KEY, CHANGED)),
        more={"pixels": image.transpose(2, 0, 1).ravel().tolist()},
    )


def _show_grey() -> None:
    image, cell, bits, columns, shown, p = NUMBERS.read()
    images = {shown_name(name): tuple(level / 16 for level in levels) for name, levels in digit_levels().items()}
    image_numbers(
        (round(image), round(cell), round(bits), 2 ** round(math.log2(columns)), round(shown), p),
        images,
        key=_KEY,
        on_change=NUMBERS.writer(lambda: numbers_of(_KEY, CHANGED)),
    )


EXPERIMENT = Experiment(
    name="An image as numbers",
    group="Images",
    source=(
        "S1 (M. Sevkovych), Definitions 1.3.1 to 1.3.5, Remark 1.3.2, Lemmas 1.3.6 and 1.3.7. Photograph: vultilion, "
        "CC BY 2.0"
    ),
    show=show_image_numbers,
    notice=(
        "The same 64 numbers are a matrix, a vector, and a pixel each. Point at one; change the columns and the bits "
        "to see what is lost. In RGB a pixel is three numbers."
    ),
    question="Shuffle the pixels of all images in the same way: do dense layers mind, does a convolution?",
    answer=(
        "Dense layers do not: permute the columns of the first weight matrix likewise, and the outputs are the same, "
        "so training finds the same errors. A convolution looks at neighbours, and shuffling destroys them. The vector "
        "forgets which pixels are neighbours unless one knows the width: choose 16 columns and see. Rounding is no "
        "bijection: no gradient passes it, so networks are trained on p and rounded only for the eye."
    ),
    slips=(
        "S1, Lemma 1.3.6, rounds ties down; NumPy, and so aeviz, rounds them to the even level. They differ on 127 of "
        "the 255 ties, for example p = 0.5: 127 and 128. Neither is wrong; the error is at most 1/510.",
    ),
)
