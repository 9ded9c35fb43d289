"""The loss surface of a linear autoencoder with two weights."""
