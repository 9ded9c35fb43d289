"""The start point on the plot of a surface, and the film that plays when the plot appears."""
