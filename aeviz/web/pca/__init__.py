"""The page pca: its view, and parts that no other page uses."""
