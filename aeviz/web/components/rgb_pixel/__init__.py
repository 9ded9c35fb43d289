"""The component on pixels with three channels: Python side and scripts."""
