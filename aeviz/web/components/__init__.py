"""In-page components: each folder holds a Python side and plain ES modules, which need no build step."""
