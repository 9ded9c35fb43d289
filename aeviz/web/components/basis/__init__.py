"""Fixed and learned basis functions of the same regression."""
