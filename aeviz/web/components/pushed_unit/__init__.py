"""The pushed_unit component: Python side, script and style."""
