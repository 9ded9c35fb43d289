"""The film component: Python side, payload, script and style."""
