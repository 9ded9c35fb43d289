"""The latent point that the visitor moves, in the session and in the address, and the images decoded there."""
