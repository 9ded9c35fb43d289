"""The backpropagation component: Python side and script."""
