"""The commented lesson file that `aeviz lesson template` writes and the page Lessons offers."""

from pathlib import Path

TEMPLATE = (Path(__file__).parent / "template.yaml").read_text(encoding="utf-8")
"""A complete lesson of two steps, with a comment for each field."""
