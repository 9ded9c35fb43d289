"""The page about the server: what it is, what it does now, and how much visitors may take of it."""
