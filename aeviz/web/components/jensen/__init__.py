"""Jensen's inequality and what it says of the KL divergence."""
