"""What the page generate alone uses."""
