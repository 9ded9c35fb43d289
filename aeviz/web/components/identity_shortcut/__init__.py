"""Autoencoders that copy, and two that cannot."""
