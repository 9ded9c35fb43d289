"""Figures from arrays: no torch, no Streamlit, no files."""

import contextlib
import importlib

# Plotly takes up pandas where it is among the imported modules. While another visitor's thread is importing it, that
# is half a module, and a figure fails; who imports it here waits until it is whole. Where it cannot be imported, Plotly
# does without.
with contextlib.suppress(ImportError):
    importlib.import_module("pandas")
