"""The drawing component: Python side, payload, script and style."""
