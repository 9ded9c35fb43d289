"""The map and the explorer outside of the app: in a notebook, or in somebody else's Streamlit page."""
