"""Experiments on the theory: pure functions over arrays, small enough to watch live."""
