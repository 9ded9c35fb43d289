"""The density of a Gaussian in two dimensions, a sample of it, and Z-scores."""
