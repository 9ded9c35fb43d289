"""What the page regimes alone uses."""
