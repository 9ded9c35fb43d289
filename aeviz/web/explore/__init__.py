"""The page explore: its view, and parts that no other page uses."""
