"""The playground component: Python side, payload, scripts and style."""
