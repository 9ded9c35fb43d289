"""The running lesson, which stands beside every page."""
