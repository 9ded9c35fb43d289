"""Latent planes of compared runs, linked with the charts of the page."""
