"""What the page reconstruct alone uses."""
