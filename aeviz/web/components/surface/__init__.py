"""The start point on the plot of a surface."""
