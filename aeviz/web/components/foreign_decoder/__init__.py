"""The encoder of one model before the decoder of another."""
