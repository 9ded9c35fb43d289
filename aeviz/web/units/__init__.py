"""The page units: its view, and parts that no other page uses."""
