"""The browser's history: one entry for each page visited."""
