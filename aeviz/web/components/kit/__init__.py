"""The kit component: Python side, payload, script and style."""
