"""Lab: experiments on the theory of the sources, from information to generation."""

from aeviz.language import tr
from aeviz.web.kernel.page import page
from aeviz.web.lab.view import show_lab

with page(
    "lab",
    tr("Lab"),
    tr("Small experiments on the theory of autoencoders. Drag, and watch the numbers in the formula."),
):
    show_lab()
