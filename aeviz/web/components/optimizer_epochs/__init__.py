"""Errors of compared optimizers, epoch by epoch."""
