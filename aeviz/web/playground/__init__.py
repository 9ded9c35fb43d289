"""The Playground page: a network that learns in the visitor's own page."""
