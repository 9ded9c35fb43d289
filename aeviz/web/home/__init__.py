"""What the page home alone uses."""
