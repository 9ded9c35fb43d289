"""The component of the losses of one pixel: Python side and scripts."""
