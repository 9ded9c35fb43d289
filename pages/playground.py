"""Playground: build a network, train it in this very page, and watch what it learns."""

from aeviz.language import tr
from aeviz.web.kernel.page import page
from aeviz.web.playground.view import show_playground

with page(
    "playground",
    tr("Playground"),
    tr("Press Play: this page trains the network. Change any setting while it runs and watch the latent plane answer."),
):
    show_playground()
