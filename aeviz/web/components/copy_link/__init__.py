"""A button that copies the address of the page."""
