"""Home: every trained model as a picture of its latent space, one click from being explored."""

from aeviz.web.home.view import show_gallery
from aeviz.web.kernel.page import page, require_runs

with page(
    "home",
    "aeviz",
    "An autoencoder squeezes an image through a few numbers and draws it again from them. "
    "Here you walk through the space of those numbers.",
):
    show_gallery(require_runs("weights"))
