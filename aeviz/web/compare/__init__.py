"""The page compare: its view, and parts that no other page uses."""
