"""Optimizers: what makes Adam, AMSGrad, SGD and momentum differ, where each fails, and whether it matters here."""

from aeviz.language import tr
from aeviz.web.kernel.page import page
from aeviz.web.optimizers.view import show_section

with page(
    "optimizers",
    tr("Optimizers"),
    tr("Adam, AMSGrad, SGD and momentum: how each turns gradients into steps, and where it fails."),
):
    show_section()
