"""The entropy component: Python side, script and style."""
