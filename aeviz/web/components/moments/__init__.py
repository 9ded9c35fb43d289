"""The moments component: Python side and script."""
