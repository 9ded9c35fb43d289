"""The dimension component: Python side and script."""
