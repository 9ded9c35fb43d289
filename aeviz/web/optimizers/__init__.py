"""The page optimizers: its view, and parts that no other page uses."""
