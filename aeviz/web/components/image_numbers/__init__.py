"""The component of an image as numbers: Python side and scripts."""
