"""One image on its way through a VAE."""
