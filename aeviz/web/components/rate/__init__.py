"""The component on bytes against squared error: Python side and script."""
