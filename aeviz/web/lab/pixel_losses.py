"""Losses of a pixel: the experiment with a target, an output and the best constant."""

import streamlit as st

from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.pixel_loss.component import CHANGED, pixel_loss
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.pixel-loss"
PIXELS = Numbers("pixel", (0.8, 0.3, 0.0, 0.05, 0.1, 0.9, 1.0), [((0.0, 1.0),) * 7])
"""Target, output, and the same pixel of five images."""


@st.fragment
def show_pixel_losses() -> None:
    """Show the losses as the address has their pixels; what the visitor changes goes into the address."""
    pixel_loss(PIXELS.read(), key=_KEY, on_change=PIXELS.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Losses of a pixel",
    group="Losses on images",
    source=(
        "S1 (M. Sevkovych), Examples 1.2.2 and 2.2.2; S2 (R. Grabovac's thesis), section 3.5; S3 (S. Chaki's slides), "
        "loss functions"
    ),
    show=show_pixel_losses,
    notice=(
        "All three losses are least at y = t, but the cross-entropy is not 0 there, and it is steep where the output "
        "is confidently wrong."
    ),
    question="A pixel is black in three images of five, white in two. Which grey is best if the code is the same?",
    answer=(
        "Under squared error the mean, 0.4: a grey that none of the images has. Under absolute error the median, 0: "
        "black. Under cross-entropy the mean again, since the derivative of the mean loss, (c - mean) / (c (1 - c)), "
        "is 0 there. Means of many images are what makes reconstructions blurred."
    ),
    slips=(
        "S1, Example 2.2.2: MSE is a sum over the pixels and BCE a mean over M N of them, so that they differ by a "
        "factor of 784 for MNIST before anything is compared.",
        "S2 and S3 sum over pixels (S2 with a factor 1/2) where aeviz takes means: a penalty of weight l next to S2's "
        "sum has the weight 2 l D / P here, next to S3's l D / P, for P pixels and D units.",
    ),
)
