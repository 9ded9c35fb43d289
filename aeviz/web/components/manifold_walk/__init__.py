"""A cross-fade of two images beside the decoded line between their codes."""
