"""What the page optimizers alone uses."""
