"""What a visitor takes along: pages that need no server. Nothing here knows Streamlit."""
