"""EM for one parameter: the bound that touches the log-likelihood."""
