"""The page reconstruct: its view, and parts that no other page uses."""
