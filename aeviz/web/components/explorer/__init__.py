"""The explorer component: Python side, payload, script and style."""
