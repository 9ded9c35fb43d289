"""The page decode: its view, and parts that no other page uses."""
