"""The batches component: Python side and script."""
