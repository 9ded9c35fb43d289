"""A lesson as a page to read, of the site that aeviz/web/takeaway/site writes; no component of the app."""
