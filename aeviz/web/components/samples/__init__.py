"""The samples component: Python side, script and style."""
