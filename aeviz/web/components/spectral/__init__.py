"""The spectral theorem by rotations of pairs of coordinates."""
