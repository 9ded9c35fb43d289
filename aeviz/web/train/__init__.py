"""What the page train alone uses."""
