"""The mahalanobis component: Python side, script and style."""
