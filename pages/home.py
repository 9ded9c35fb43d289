"""Home: a latent plane that decodes under the pointer, where to begin, and every trained model."""

from aeviz.language import tr
from aeviz.web.home.live import send_first_screen, show_first_screen
from aeviz.web.home.published import offer_published
from aeviz.web.home.view import show_gallery
from aeviz.web.kernel.page import page, require_runs

with page(
    "home",
    "aeviz",
    tr("Explore what autoencoders have learned. Move the pointer over the plane: the decoder draws each point."),
):
    found = require_runs("weights")
    show_first_screen(found)
    show_gallery(found)
    offer_published()
    send_first_screen(found)
