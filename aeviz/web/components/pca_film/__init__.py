"""The pca_film component: Python side, payload, script and style."""
