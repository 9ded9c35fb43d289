"""The server of the app: Streamlit's, behind a guard that knows its names, its limits and its visitors."""
