"""Optimizers: what makes ADAM, AMSGrad, SGD and momentum differ, where each fails, and whether it matters here."""

from aeviz.web.kernel.page import page
from aeviz.web.optimizers.view import show_section

with page(
    "optimizers",
    "Optimizers",
    "ADAM, AMSGrad, SGD and momentum are one method with two functions to choose. Watch them on surfaces, break ADAM, "
    "break gradient descent's theorem, and let them train the same network.",
):
    show_section()
