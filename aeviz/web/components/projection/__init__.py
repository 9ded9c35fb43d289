"""The projection component: Python side and script."""
