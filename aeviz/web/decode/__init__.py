"""What the page decode alone uses."""
