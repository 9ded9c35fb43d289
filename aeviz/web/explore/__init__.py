"""The page latent_space: its view, and parts that no other page uses."""
