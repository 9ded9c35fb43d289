"""Figures from arrays: no torch, no Streamlit, no files."""

import importlib

# Plotly takes up pandas where it is among the imported modules. While another visitor's thread is importing it, that
# is half a module, and a figure fails; who imports it here waits until it is whole.
importlib.import_module("pandas")
