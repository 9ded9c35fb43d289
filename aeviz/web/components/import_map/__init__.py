"""The latent map of a model that was imported."""
