"""A model of another program, brought in through the page."""
