"""The pairs component: Python side, script and style."""
