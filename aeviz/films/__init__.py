"""Films of a model as files: a traversal of its latent space, a walk between two images, its training."""
