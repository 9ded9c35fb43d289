"""The component of one image under distortions of equal error: Python side and scripts."""
