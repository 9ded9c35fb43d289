"""The page train: its view, and parts that no other page uses."""
