"""The latent-walk component: Python side, script and style."""
