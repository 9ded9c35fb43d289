"""Densities of one variance and their entropy."""
