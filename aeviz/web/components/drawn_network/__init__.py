"""The drawn_network component: Python side and script."""
