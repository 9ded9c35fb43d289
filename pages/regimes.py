"""Three regimes: what a variational autoencoder loses without its KL divergence, or without its reconstruction."""

from aeviz.web.kernel.page import page
from aeviz.web.regimes.view import show_regimes

with page(
    "regimes",
    "Three regimes",
    "A variational autoencoder makes two things small at once: the error of its reconstructions, and the divergence "
    "of its latent points from a prior. The same network with only the one, only the other, and both.",
):
    show_regimes()
