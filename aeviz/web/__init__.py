"""Everything that knows Streamlit: cache, state, widgets and in-page components. Pages import from here only."""

from pathlib import Path

ICON = str(Path(__file__).with_name("icon.svg"))
"""The app's icon, from our own disk: a named icon would be fetched from the net."""
