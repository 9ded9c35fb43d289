"""Home: every trained model as a picture of its latent space, one click from being explored."""

from aeviz.web.home.view import show_gallery
from aeviz.web.kernel.page import page, require_runs

with page(
    "home",
    "aeviz",
    "Explore what autoencoders have learned. Choose a model to see its latent space.",
):
    show_gallery(require_runs("weights"))
