"""Risk and empirical risk of polynomials."""
