"""The confusion component: Python side, script and style."""
