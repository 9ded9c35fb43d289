"""What the page pca alone uses."""
