"""The latent map, which several pages show."""
