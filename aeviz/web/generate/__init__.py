"""The page generate: its view, and parts that no other page uses."""
