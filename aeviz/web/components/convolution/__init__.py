"""The convolution component: Python side and script."""
