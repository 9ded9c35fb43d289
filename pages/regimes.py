"""Three regimes: what a variational autoencoder loses without its KL divergence, or without its reconstruction."""

from aeviz.language import tr
from aeviz.web.kernel.page import page
from aeviz.web.regimes.view import show_regimes

with page(
    "regimes",
    tr("Three regimes"),
    tr(
        "The same VAE, trained three times: with the reconstruction loss only, with the KL divergence only, and with "
        "both."
    ),
):
    show_regimes()
