"""What the page compare alone uses."""
