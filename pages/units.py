"""Units: each latent dimension by itself, the images that excite it and what it changes in an image."""

from aeviz.language import tr
from aeviz.web.kernel.page import page, require_runs
from aeviz.web.units.view import show_units

with page(
    "units",
    tr("Units"),
    tr("What does one latent dimension mean? Choose a unit; compare the images that excite it most and least."),
):
    show_units(require_runs("latents"))
