"""The page network: its view, and parts that no other page uses."""
