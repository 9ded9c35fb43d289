"""What the page network alone uses."""
