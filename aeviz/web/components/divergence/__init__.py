"""The divergence component: Python side, script and style."""
