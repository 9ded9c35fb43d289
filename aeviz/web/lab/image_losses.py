"""Losses on images: one image under distortions of equal squared error."""

import numpy as np
import streamlit as st

from aeviz.lab.image_losses import DISTORTIONS, WorkedSsim, work_out
from aeviz.language import number, tr, trc
from aeviz.web.components.image_losses.component import CHANGED, image_losses
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers
from aeviz.web.lab.pictures import digit_images, photographs

_KEY = "lab.image-losses"
LOSSES = Numbers("distorted", (10.0, 0.0, 3.0), [((0.2, 80.0), (-1.0, 9.0), (0.0, len(DISTORTIONS) - 1.0))])
"""1000 times the mean squared error, place of the image, and of the distortion."""
_X, _Y = (50.0, 51.0, 49.0, 52.0), (48.0, 50.0, 47.0, 51.0)


@st.fragment
def show_image_losses() -> None:
    """Show the image and its distortions as the address has them, then S2's example step by step."""
    error, place, kind = LOSSES.read()
    image_losses(
        (error, round(place), round(kind)),
        {tr(name): image for name, image in (photographs() | digit_images()).items()},
        key=_KEY,
        on_change=LOSSES.writer(lambda: numbers_of(_KEY, CHANGED)),
    )
    with st.expander(tr("SSIM of four pixels, step by step: S2, Example 4.4.2"), icon=":material/calculate:"):
        st.markdown(_worked_table())


def _worked_table() -> str:
    """Return the example as Markdown: what S2 prints, its own constants, and those of an image with 256 levels."""
    x, y = np.array(_X), np.array(_Y)
    small, right = work_out(x, y, 0.01, 0.03), work_out(x, y, 2.55**2, 7.65**2)
    rows = [
        ("$\\mu_x,\\ \\mu_y$", _pair(50.5, 49), *(_pair(*found.means) for found in (small, right))),
        ("$\\sigma_x^2$", number(1.25), *(number(found.variances[0], "g") for found in (small, right))),
        (
            "$\\sigma_y^2 = \\frac14(1 + 1 + 4 + 4)$",
            "**2**",
            *(number(found.variances[1], "g") for found in (small, right)),
        ),
        (
            "$\\sigma_{xy} = \\frac14(0.5 + 0.5 + 3 + 3)$",
            "**1**",
            *(number(found.covariance, "g") for found in (small, right)),
        ),
        ("$C_1,\\ C_2$", _pair(0.01, 0.03), _pair(0.01, 0.03), tr("2.55² = 6.5025, 7.65² = 58.5225")),
        *((name, "", _term(small, place), _term(right, place)) for place, name in enumerate(("$l$", "$c$", "$s$"))),
        (
            "SSIM $= l\\,c\\,s$",
            tr("**0.98** (its fraction: 0.6066)"),
            *(f"**{number(found.ssim, '.4f')}**" for found in (small, right)),
        ),
    ]
    head = tr(
        "| x = (50, 51, 49, 52), y = (48, 50, 47, 51) | S2 prints | with its constants | with K₁ = 0.01, K₂ = 0.03 |"
    )
    return "\n".join([head, "|---|---|---|---|", *("| " + " | ".join(row) + " |" for row in rows)])


def _term(found: WorkedSsim, place: int) -> str:
    return number(found.terms[place], ".5f")


def _pair(first: float, second: float) -> str:
    return trc("between numbers", ", ").join(number(value, "g") for value in (first, second))


EXPERIMENT = Experiment(
    name="Losses on images",
    group="Losses on images",
    source=(
        "S2 (R. Grabovac's thesis), section 4.4, Definition 4.4.1, Example 4.4.2; S1 (M. Sevkovych), Example 2.2.2; "
        "Wang, Bovik, Sheikh and Simoncelli 2004. Photographs: danielbuechele and vultilion, CC BY 2.0"
    ),
    show=show_image_losses,
    notice=(
        "All distorted images have the same squared error. SSIM and MS-SSIM tell apart what the eye tells apart; "
        "choose an image to see where."
    ),
    question="Which distortion is as bad as noise by MSE although hardly anyone sees it? What does SSIM say of it?",
    answer=(
        "A small change of brightness. The squared error adds up equal differences everywhere; SSIM compares the "
        "structure around each pixel, where almost nothing has changed. A shift by a pixel is the other way round: "
        "both call it a large error, since both compare pixels at the same place. Inversion is what structure punishes "
        "most: it becomes negative. No loss here knows what the image shows."
    ),
    slips=(
        "S2, Example 4.4.2: the variance of y is 2.5 and not 2, the covariance 1.75 and not 1. SSIM is then 0.9334; "
        "the fraction that S2 prints is 0.6066, and its result is 0.98.",
        "S2, Example 4.4.2, takes C1 = 0.01 and C2 = 0.03. These are K1 and K2: C1 = (0.01 * 255)² and C2 = (0.03 * "
        "255)², which gives 0.9955.",
        "S2, section 4.4, takes whole SSIM at each scale. Wang, Simoncelli and Bovik 2003 take contrast and structure "
        "at each scale and luminance at the last alone, as this page does.",
    ),
)
