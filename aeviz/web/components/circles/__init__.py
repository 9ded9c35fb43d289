"""Discs of three factors, their codes and traversals."""
