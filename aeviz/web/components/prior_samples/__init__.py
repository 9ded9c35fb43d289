"""The prior-samples component: Python side, script and style."""
