"""The page regimes: its view, and parts that no other page uses."""
