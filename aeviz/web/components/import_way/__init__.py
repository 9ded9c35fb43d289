"""The way of an image through the two files of an import."""
