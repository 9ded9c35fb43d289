"""What the page latent_space alone uses."""
