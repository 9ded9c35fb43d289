"""Expectation maximisation on a mixture of Gaussians, by half steps."""
