"""Both estimators of a gradient through noise."""
