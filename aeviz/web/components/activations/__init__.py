"""The activations of a network in the page."""
