"""The page home: its view, and parts that no other page uses."""
