"""Prior, likelihood and posterior of a probability."""
