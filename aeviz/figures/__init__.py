"""Figures from arrays: no torch, no Streamlit, no files."""
