"""The paste component: Python side, payload, script and style."""
