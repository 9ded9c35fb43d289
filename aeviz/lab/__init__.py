"""The theory experiments: pure functions over arrays."""
